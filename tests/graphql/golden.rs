//! Golden values: what survives of what systems say, why, and when.

use serde_json::{Value as Json, json};

use crate::fixture::{Plant, twin};

const PROPERTY: &str = "query($id: ID!, $path: String!, $asOf: DateTime, $knownAt: KnownAt) {
  twin(id: $id, asOf: $asOf, knownAt: $knownAt) {
    property(path: $path) {
      value source rule disagree settled candidates { value source chosen rank problem }
    }
  }
}";

/// The pump of the plant: `cmms:EQ-000238341` and `erp:44710-07`.
const PUMP: u128 = 5;

impl Plant {
    async fn declare(&self, system: &str, declaration: Json) {
        let document = "mutation($input: DeclareSourceInput!) {
          declareSource(input: $input) { changed } }";
        let input = json!({"name": system, "declaration": declaration});
        self.data(document, json!({ "input": input })).await;
    }

    /// Keeps what a system says of the pump since a moment; answers the position.
    async fn record(&self, system: &str, since: &str, claims: Json) -> String {
        let id = if system == "erp" { "44710-07" } else { "EQ-000238341" };
        self.record_of(system, id, since, claims).await
    }

    async fn record_of(&self, system: &str, id: &str, since: &str, claims: Json) -> String {
        let document =
            "mutation($input: PutRecordInput!) { putRecord(input: $input) { position } }";
        let key = json!({"system": system, "id": id});
        let input = json!({"key": key, "kind": "equipment", "attributes": {}, "claims": claims,
            "stated": since, "validFrom": since});
        let done = self.data(document, json!({ "input": input })).await;
        done["putRecord"]["position"].as_str().unwrap().to_owned()
    }

    async fn link(&self, system: &str, id: &str, number: u128, since: &str) {
        let document = "mutation($input: LinkIdInput!) { linkId(input: $input) { position } }";
        let input = json!({"externalId": {"system": system, "id": id}, "twin": {"id": twin(number).to_string()},
            "validFrom": since, "replace": true, "reason": "test"});
        self.data(document, json!({ "input": input })).await;
    }

    /// Sets or clears a property of the pump from now on; `source` says who, nobody for a steward.
    async fn set(&self, path: &str, value: Json, source: Option<&str>) {
        let document =
            "mutation($input: SetPropertiesInput!) { setProperties(input: $input) { changed } }";
        let input = json!({"twin": {"id": twin(PUMP).to_string()}, "properties": {path: value}, "source": source});
        let done = self.data(document, json!({ "input": input })).await;
        assert_eq!(done["setProperties"]["changed"], true, "{path}");
    }

    async fn property(&self, path: &str, as_of: Option<&str>, known_at: Option<&str>) -> Json {
        let id = twin(PUMP).to_string();
        let asked = json!({"id": id, "path": path, "asOf": as_of, "knownAt": known_at});
        self.data(PROPERTY, asked).await["twin"]["property"].clone()
    }

    /// Value, source and rule.
    async fn golden(&self, path: &str, as_of: Option<&str>, known_at: Option<&str>) -> Json {
        let property = self.property(path, as_of, known_at).await;
        json!([property["value"], property["source"], property["rule"]])
    }

    /// How many twins have this value, by the filter of `twins`.
    async fn found(&self, path: &str, value: Json) -> usize {
        let document = "query($filter: TwinFilter) { twins(filter: $filter) { nodes { id } } }";
        let filter = json!({"properties": [{"path": path, "equals": value}]});
        let found = self.data(document, json!({ "filter": filter })).await;
        found["twins"]["nodes"].as_array().unwrap().len()
    }
}

#[tokio::test]
async fn a_twin_has_the_values_of_the_records_that_mean_it() {
    let plant = Plant::demo().await;
    plant.declare("cmms", json!({"authority": 0.9})).await;
    plant
        .record("erp", "2026-01-01T00:00:00Z", json!({"note": "by erp", "manufacturer": "KSB"}))
        .await;
    plant.record("cmms", "2025-01-01T00:00:00Z", json!({"note": "by cmms"})).await;
    let id = twin(PUMP).to_string();
    let seen = plant
        .data(
            "query($id: ID!) { twin(id: $id) {
               ... on Pump { note { value source validFrom } manufacturer { value source } }
               properties(paths: [\"note\"]) { value source record { system id } stated }
             } }",
            json!({ "id": id }),
        )
        .await;
    let (note, properties) = (&seen["twin"]["note"], &seen["twin"]["properties"]);
    let since = "2025-01-01T00:00:00Z";
    assert_eq!(*note, json!({"value": "by cmms", "source": "cmms", "validFrom": since}));
    assert_eq!(seen["twin"]["manufacturer"], json!({"value": "KSB", "source": "erp"}));
    let record = json!({"system": "cmms", "id": "EQ-000238341"});
    let listed = json!([{"value": "by cmms", "source": "cmms", "record": record, "stated": since}]);
    assert_eq!(*properties, listed);
    assert_eq!(plant.golden("note", None, None).await, json!(["by cmms", "cmms", "AUTHORITY"]));
    assert_eq!(plant.golden("manufacturer", None, None).await, json!(["KSB", "erp", "ONLY"]));
    assert_eq!(plant.found("note", json!("by cmms")).await, 1);
    assert_eq!(plant.found("note", json!("by erp")).await, 0, "what did not survive is not found");
}

#[tokio::test]
async fn without_authority_the_source_that_spoke_last_wins() {
    let plant = Plant::demo().await;
    plant.record("erp", "2026-01-01T00:00:00Z", json!({"note": "a"})).await;
    plant.record("cmms", "2026-02-01T00:00:00Z", json!({"note": "b"})).await;
    assert_eq!(plant.golden("note", None, None).await, json!(["b", "cmms", "MOST_RECENT"]));
}

#[tokio::test]
async fn a_stewards_override_wins_until_it_is_cleared() {
    let plant = Plant::demo().await;
    plant.record("erp", "2026-01-01T00:00:00Z", json!({"note": "by erp"})).await;
    plant.set("note", json!("by hand"), None).await;
    plant.record("erp", "2026-03-01T08:00:00Z", json!({"note": "by erp, later"})).await;
    plant.set("note", json!("by mes"), Some("mes")).await;
    let property = plant.property("note", None, None).await;
    assert_eq!(property["value"], "by hand");
    assert_eq!(property["rule"], "OVERRIDE");
    assert_eq!((&property["disagree"], &property["settled"]), (&json!(true), &json!(true)));
    assert_eq!(property["candidates"].as_array().unwrap().len(), 3, "{property}");
    assert_eq!(plant.found("note", json!("by hand")).await, 1);
    plant.set("note", Json::Null, None).await;
    assert_eq!(plant.golden("note", None, None).await[0], "by erp, later");
    assert_eq!(plant.golden("note", Some("2026-02-01T00:00:00Z"), None).await[0], "by erp");
}

#[tokio::test]
async fn what_sources_state_of_the_twin_itself_stands_side_by_side() {
    let plant = Plant::demo().await;
    plant.declare("mes", json!({"authority": 0.9})).await;
    plant.set("note", json!("by mes"), Some("mes")).await;
    plant.set("note", json!("by scada"), Some("scada")).await;
    assert_eq!(plant.golden("note", None, None).await, json!(["by mes", "mes", "AUTHORITY"]));
    plant.set("note", Json::Null, Some("mes")).await;
    assert_eq!(plant.golden("note", None, None).await, json!(["by scada", "scada", "ONLY"]));
}

#[tokio::test]
async fn manufacturer_and_model_number_come_from_one_source() {
    let plant = Plant::demo().await;
    plant.declare("erp", json!({"authority": 0.9})).await;
    plant.record("erp", "2026-01-01T00:00:00Z", json!({"manufacturer": "KSB"})).await;
    let cmms = json!({"manufacturer": "Grundfos", "modelNumber": "CR 10-5"});
    plant.record("cmms", "2026-01-01T00:00:00Z", cmms).await;
    // The fuller claim wins: `KSB CR 10-5` is no pump.
    let rule = json!(["Grundfos", "cmms", "MOST_COMPLETE"]);
    assert_eq!(plant.golden("manufacturer", None, None).await, rule);
    assert_eq!(plant.golden("modelNumber", None, None).await[0], "CR 10-5");
    // As full, the source that is trusted more wins, with all that it says.
    let erp = json!({"manufacturer": "KSB", "modelNumber": "Etanorm"});
    plant.record("erp", "2026-01-01T00:00:00Z", erp).await;
    assert_eq!(plant.golden("manufacturer", None, None).await[0], "KSB");
    assert_eq!(
        plant.golden("modelNumber", None, None).await,
        json!(["Etanorm", "erp", "AUTHORITY"])
    );
}

#[tokio::test]
async fn a_group_is_filled_up_only_by_who_contradicts_it_in_nothing() {
    let plant = Plant::demo().await;
    plant.record("erp", "2026-02-01T00:00:00Z", json!({"manufacturer": "KSB"})).await;
    plant.record("cmms", "2026-01-01T00:00:00Z", json!({"modelNumber": "Etanorm"})).await;
    assert_eq!(plant.golden("manufacturer", None, None).await[0], "KSB");
    assert_eq!(plant.golden("modelNumber", None, None).await[0], "Etanorm");
}

#[tokio::test]
async fn trust_that_wears_off_changes_the_value_with_time() {
    let plant = Plant::demo().await;
    plant.declare("erp", json!({"authority": 0.9, "halfLifeDays": 10})).await;
    plant.declare("cmms", json!({"authority": 0.5})).await;
    plant.record("erp", "2026-02-01T00:00:00Z", json!({"note": "by erp"})).await;
    plant.record("cmms", "2026-01-01T00:00:00Z", json!({"note": "by cmms"})).await;
    let early = plant.golden("note", Some("2026-02-05T00:00:00Z"), None).await;
    assert_eq!(early, json!(["by erp", "erp", "AUTHORITY"]), "0.9 after 4 days is 0.68");
    let late = plant.golden("note", Some("2026-02-15T00:00:00Z"), None).await;
    assert_eq!(late, json!(["by cmms", "cmms", "AUTHORITY"]), "0.9 after 14 days is 0.34");
}

#[tokio::test]
async fn values_follow_the_links_of_their_records_through_time() {
    let plant = Plant::demo().await;
    let kept = plant.record("erp", "2026-01-01T00:00:00Z", json!({"note": "unit 07"})).await;
    // Learnt later: since the 10th the ERP's id means the gateway's twin, and another record means the pump.
    plant.link("erp", "44710-07", 6, "2026-02-10T00:00:00Z").await;
    plant.record_of("erp", "44710-09", "2026-01-01T00:00:00Z", json!({"note": "unit 09"})).await;
    plant.link("erp", "44710-09", PUMP, "2026-02-10T00:00:00Z").await;
    let before = Some("2026-02-09T00:00:00Z");
    assert_eq!(plant.golden("note", None, None).await[0], "unit 09");
    assert_eq!(plant.golden("note", before, None).await[0], "unit 07");
    assert_eq!(plant.golden("note", None, Some(&kept)).await[0], "unit 07", "as it was known then");
    assert_eq!(plant.property("note", Some("2025-12-31T00:00:00Z"), None).await, Json::Null);
    assert_eq!(plant.found("note", json!("unit 09")).await, 1);
    let gateway = twin(6).to_string();
    let asked = json!({"id": gateway, "path": "note"});
    let moved = plant.data(PROPERTY, asked).await["twin"]["property"]["value"].clone();
    assert_eq!(moved, "unit 07", "it describes the gateway now");
}

#[tokio::test]
async fn what_the_model_does_not_allow_is_listed_and_never_the_value() {
    let plant = Plant::demo().await;
    plant.declare("erp", json!({"authority": 0.9})).await;
    let claims = json!({"yearOfManufacture": "2O19", "colour": "blue"});
    plant.record("erp", "2026-01-01T00:00:00Z", claims).await;
    plant.record("cmms", "2026-01-01T00:00:00Z", json!({"yearOfManufacture": 2019})).await;
    let year = plant.property("yearOfManufacture", None, None).await;
    assert_eq!((&year["value"], &year["rule"]), (&json!(2019), &json!("ONLY")));
    let misfit = &year["candidates"][1];
    assert_eq!(
        (&misfit["value"], &misfit["rank"], &misfit["chosen"]),
        (&json!("2O19"), &Json::Null, &json!(false))
    );
    assert!(misfit["problem"].as_str().unwrap().contains("yearOfManufacture"), "{misfit}");
    let colour = plant.property("colour", None, None).await;
    assert_eq!((&colour["value"], &colour["rule"]), (&Json::Null, &Json::Null));
    assert!(colour["candidates"][0]["problem"].as_str().unwrap().contains("`colour`"), "{colour}");
    let listed = disagreements(&plant, false, 10, None).await;
    assert_eq!(paths(&listed), ["colour", "yearOfManufacture"]);
}

#[tokio::test]
async fn disagreements_come_in_pages_without_those_that_a_steward_settled() {
    let plant = Plant::demo().await;
    let erp = json!({"note": "a", "manufacturer": "KSB", "modelNumber": "Etanorm", "yearOfManufacture": 2019});
    let cmms =
        json!({"note": "b", "manufacturer": "ksb", "modelNumber": "CR", "yearOfManufacture": 2020});
    plant.record("erp", "2026-01-01T00:00:00Z", erp).await;
    plant.record("cmms", "2026-01-01T00:00:00Z", cmms).await;
    plant.set("note", json!("c"), None).await;
    let first = disagreements(&plant, false, 1, None).await;
    assert_eq!((paths(&first), &first["totalCount"]), (vec!["modelNumber".to_owned()], &json!(2)));
    let after = first["pageInfo"]["endCursor"].as_str();
    let second = disagreements(&plant, false, 1, after).await;
    assert_eq!(paths(&second), ["yearOfManufacture"]);
    assert_eq!(second["pageInfo"]["hasNextPage"], false);
    assert_eq!(paths(&disagreements(&plant, true, 9, None).await), ["note"]);
    let (code, _) =
        plant.refusal("{ disagreements(after: \"AAAA\") { nodes { path } } }", Json::Null).await;
    assert_eq!(code, "BAD_USER_INPUT");
}

async fn disagreements(plant: &Plant, settled: bool, first: i32, after: Option<&str>) -> Json {
    let document = "query($settled: Boolean, $first: Int, $after: String) {
      disagreements(settled: $settled, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { path twin { id } }
      }
    }";
    let asked = json!({"settled": settled, "first": first, "after": after});
    plant.data(document, asked).await["disagreements"].clone()
}

fn paths(page: &Json) -> Vec<String> {
    let nodes = page["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["path"].as_str().unwrap().to_owned()).collect()
}
