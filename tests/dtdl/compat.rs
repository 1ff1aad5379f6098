//! The compatibility report: what a newer version asks of those who hold data of the older one.

use counterpart::dtdl::{Catalogue, Compatibility, Document, Dtmi, Impact};

const V3: &str = "\"dtmi:dtdl:context;3\",\"dtmi:dtdl:extension:quantitativeTypes;1\"";

/// The report from version 1 to version 2, whose contents are given as JSON.
fn report(context: &str, old: &str, new: &str, others: &str) -> Compatibility {
    let interface = |version: u8, contents: &str| {
        format!(
            "{{\"@context\":[{context}],\"@id\":\"dtmi:t:a;{version}\",\"@type\":\"Interface\",\"contents\":[{contents}]}}"
        )
    };
    let text = format!("[{},{}{others}]", interface(1, old), interface(2, new));
    let empty = Catalogue::empty();
    let document = Document { name: "a.json", text: &text };
    let upload = empty.plan(&[document]).unwrap_or_else(|errors| panic!("{errors}"));
    let id = |text: &str| text.parse::<Dtmi>().expect("a DTMI");
    empty.with(&upload).compatibility(&id("dtmi:t:a;1"), &id("dtmi:t:a;2")).expect("both are known")
}

/// Each change as its element and impact.
fn changes(old: &str, new: &str) -> Vec<(String, Impact)> {
    let report = report(V3, old, new, "");
    for change in &report.changes {
        assert!(!change.message.is_empty());
        assert_eq!(change.mend.is_empty(), change.impact == Impact::Safe);
    }
    let all = report.changes.into_iter();
    all.map(|change| (change.element, change.impact)).collect()
}

fn property(name: &str, schema: &str) -> String {
    format!("{{\"@type\":\"Property\",\"name\":\"{name}\",\"schema\":{schema}}}")
}

fn temperature(unit: &str) -> String {
    format!(
        "{{\"@type\":[\"Telemetry\",\"Temperature\"],\"name\":\"t\",\"schema\":\"double\",\"unit\":\"{unit}\"}}"
    )
}

fn one(element: &str, impact: Impact) -> Vec<(String, Impact)> {
    vec![(element.to_owned(), impact)]
}

#[test]
fn a_version_with_other_words_for_people_is_safe_without_changes() {
    let old = property("p", "\"string\"");
    let new = old.replace("\"name\"", "\"displayName\":\"Pea\",\"name\"");
    assert_eq!(changes(&old, &new), []);
}

#[test]
fn contents_that_come_are_safe_and_contents_that_go_break() {
    let property = property("p", "\"string\"");
    assert_eq!(changes("", &property), one("p", Impact::Safe));
    assert_eq!(changes(&property, ""), one("p", Impact::Breaks));
    let telemetry = property.replace("Property", "Telemetry");
    assert_eq!(changes(&property, &telemetry), one("p", Impact::Breaks));
}

#[test]
fn numbers_widen_safely_and_narrow_with_a_break() {
    let change = |old: &str, new: &str| {
        changes(&property("p", &format!("\"{old}\"")), &property("p", &format!("\"{new}\"")))
    };
    let element = "p/schema";
    assert_eq!(change("integer", "long"), one(element, Impact::Safe));
    assert_eq!(change("long", "integer"), one(element, Impact::Breaks));
    assert_eq!(change("integer", "double"), one(element, Impact::Safe));
    assert_eq!(change("long", "double"), one(element, Impact::NeedsMigration));
    assert_eq!(change("integer", "float"), one(element, Impact::NeedsMigration));
    assert_eq!(change("float", "double"), one(element, Impact::Safe));
    assert_eq!(change("double", "integer"), one(element, Impact::Breaks));
    assert_eq!(change("dateTime", "string"), one(element, Impact::Safe));
    assert_eq!(change("string", "dateTime"), one(element, Impact::Breaks));
}

#[test]
fn another_unit_of_the_same_family_needs_a_conversion() {
    let change = |new: &str| changes(&temperature("degreeCelsius"), new);
    let kelvin = temperature("kelvin");
    assert_eq!(change(&kelvin), one("t", Impact::NeedsMigration));
    let length = temperature("metre").replace("Temperature", "Length");
    assert_eq!(change(&length)[0], ("t".to_owned(), Impact::Breaks));
}

#[test]
fn values_of_a_list_may_come_but_not_go() {
    let list = |values: &str| {
        let schema =
            format!("{{\"@type\":\"Enum\",\"valueSchema\":\"integer\",\"enumValues\":[{values}]}}");
        property("p", &schema)
    };
    let on = "{\"name\":\"on\",\"enumValue\":1}";
    let off = "{\"name\":\"off\",\"enumValue\":0}";
    let off_later = "{\"name\":\"off\",\"enumValue\":2}";
    let both = list(&format!("{on},{off}"));
    assert_eq!(changes(&list(on), &both), one("p/schema/off", Impact::Safe));
    assert_eq!(changes(&both, &list(on)), one("p/schema/off", Impact::Breaks));
    let moved = list(&format!("{on},{off_later}"));
    let expected = one("p/schema/off", Impact::NeedsMigration);
    assert_eq!(changes(&both, &moved), expected);
}

#[test]
fn fields_are_compared_one_by_one() {
    let object =
        |fields: &str| property("p", &format!("{{\"@type\":\"Object\",\"fields\":[{fields}]}}"));
    let x = "{\"name\":\"x\",\"schema\":\"integer\"}";
    let x_long = "{\"name\":\"x\",\"schema\":\"long\"}";
    let y = "{\"name\":\"y\",\"schema\":\"string\"}";
    let found = changes(&object(x), &object(&format!("{x_long},{y}")));
    let expected =
        [("p/schema/x".to_owned(), Impact::Safe), ("p/schema/y".to_owned(), Impact::Safe)];
    assert_eq!(found, expected);
    let gone = changes(&object(&format!("{x},{y}")), &object(x));
    assert_eq!(gone, one("p/schema/y", Impact::Breaks));
}

#[test]
fn links_may_lead_to_more_but_not_to_less() {
    let link = |rest: &str| format!("{{\"@type\":\"Relationship\",\"name\":\"r\"{rest}}}");
    let aimed = link(",\"target\":\"dtmi:t:a;1\"");
    assert_eq!(changes(&aimed, &link("")), []);
    assert_eq!(changes(&link(""), &aimed), one("r", Impact::Breaks));
    let newer = link(",\"target\":\"dtmi:t:a;2\"");
    assert_eq!(changes(&aimed, &newer), one("r", Impact::NeedsMigration));
    let few = link(",\"maxMultiplicity\":3");
    assert_eq!(changes(&link(""), &few), one("r", Impact::NeedsMigration));
    assert_eq!(changes(&few, &link("")), []);
}

#[test]
fn requests_widen_and_responses_narrow() {
    let command = |end: &str, schema: &str| {
        format!(
            "{{\"@type\":\"Command\",\"name\":\"c\",\"{end}\":{{\"name\":\"x\",\"schema\":\"{schema}\"}}}}"
        )
    };
    let change = |end: &str, old: &str, new: &str| {
        let report = report(V3, &command(end, old), &command(end, new), "");
        report.impact()
    };
    assert_eq!(change("request", "integer", "long"), Impact::Safe);
    assert_eq!(change("request", "long", "integer"), Impact::Breaks);
    assert_eq!(change("response", "long", "integer"), Impact::Safe);
    assert_eq!(change("response", "integer", "long"), Impact::Breaks);
}

#[test]
fn components_are_compared_through_their_interfaces() {
    let component = |version: u8| {
        format!(
            "{{\"@type\":\"Component\",\"name\":\"motor\",\"schema\":\"dtmi:t:motor;{version}\"}}"
        )
    };
    let motor = |version: u8, schema: &str| {
        format!(
            ",{{\"@context\":[{V3}],\"@id\":\"dtmi:t:motor;{version}\",\"@type\":\"Interface\",\"contents\":[{}]}}",
            property("speed", schema)
        )
    };
    let others = motor(1, "\"integer\"") + &motor(2, "\"string\"");
    let report = report(V3, &component(1), &component(2), &others);
    assert_eq!(report.changes[0].element, "motor/speed/schema");
    assert_eq!(report.impact(), Impact::NeedsMigration);
}

#[test]
fn schemas_that_contain_themselves_come_to_an_end() {
    let tree = |leaf: &str| {
        format!(
            "{{\"@type\":\"Property\",\"name\":\"p\",\"schema\":{{\"@type\":\"Object\",\"@id\":\"dtmi:t:tree{leaf};1\",\"fields\":[{{\"name\":\"leaf\",\"schema\":\"{leaf}\"}},{{\"name\":\"more\",\"schema\":{{\"@type\":\"Array\",\"elementSchema\":\"dtmi:t:tree{leaf};1\"}}}}]}}}}"
        )
    };
    let v4 = "\"dtmi:dtdl:context;4\"";
    let report = report(v4, &tree("integer"), &tree("long"), "");
    assert_eq!(report.impact(), Impact::Safe);
    assert_eq!(report.changes.len(), 1);
    assert_eq!(report.changes[0].element, "p/schema/leaf");
}
