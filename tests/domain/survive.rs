//! Survivorship: of several claims one survives, for a reason, in whatever order they come.

use std::collections::BTreeMap;
use std::time::Duration;

use counterpart::domain::fact::PropertyPath;
use counterpart::domain::id::{ExternalId, Position};
use counterpart::domain::reconcile::survive::{
    Author, Claim, Group, Paths, PropertyRules, Reason, Rule, Survivorship, Trust, UNIDENTIFIED,
    UNTOLD, Values, choose,
};
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::dtdl::Catalogue;
use proptest::prelude::*;
use serde_json::{Value, json};

const DAY: i64 = 86_400_000_000_000;

/// What claims borrow.
struct Words {
    path: PropertyPath,
    records: Vec<ExternalId>,
    trusts: BTreeMap<&'static str, Trust>,
}

/// A row of a table: system, value, day on which the source touched it, properties that its record gives.
type Row = (&'static str, Value, Option<i64>, usize);

impl Words {
    fn new(rows: &[Row]) -> Self {
        let id = |(system, ..): &Row| {
            let name = if system.is_empty() { "steward" } else { system };
            ExternalId::new(name, "", "1").unwrap()
        };
        let days = |days: u64| Some(Duration::from_secs(days * 86_400));
        let trust = |authority: f64| Trust { authority, ..Trust::DEFAULT };
        let trusts = BTreeMap::from([
            ("erp", trust(0.9)),
            ("cmms", trust(0.6)),
            ("mes", trust(0.6)),
            ("old", Trust { half_life: days(100), ..trust(0.9) }),
            ("stale", Trust { stale_after: days(30), ..trust(5.0) }),
        ]);
        Self { path: "name".into(), records: rows.iter().map(id).collect(), trusts }
    }

    fn claims<'a>(&'a self, rows: &'a [Row]) -> Vec<Claim<'a>> {
        let claim = |(row, record): (&'a Row, &'a ExternalId)| {
            let (system, value, day, given) = row;
            let source = Author::Source { system: &record.system, record: Some(record) };
            Claim {
                author: if system.is_empty() { Author::Steward } else { source },
                values: Values::from_iter([(&self.path, value)]),
                identity: &UNIDENTIFIED,
                stated: day.map(|day| Timestamp(day * DAY)),
                given: *given,
                trust: self.trusts.get(system).unwrap_or(&UNTOLD),
                valid: Interval::ALWAYS,
                recorded_from: Position(1),
            }
        };
        rows.iter().zip(&self.records).map(claim).collect()
    }
}

/// On day 200: the survivor, and why.
fn survivor(rows: &[Row], rules: &[Rule]) -> Option<(Value, Reason)> {
    let words = Words::new(rows);
    let claims = words.claims(rows);
    let verdict = choose(&claims, rules, Timestamp(200 * DAY))?;
    Some((claims[verdict.order[0]].values[0].1.clone(), verdict.reason))
}

const USUAL: &[Rule] = &[Rule::Authority, Rule::MostRecent];

#[test]
fn each_rule_chooses_as_it_says() {
    use Rule::{Authority, Longest, Max, Min, MostComplete, MostFrequent, MostRecent};
    let rows: &[Row] = &[
        ("erp", json!("Pump"), Some(10), 3),
        ("cmms", json!("Rinse pump A"), Some(50), 9),
        ("mes", json!("PUMP "), Some(90), 1),
    ];
    let table: &[(&[Rule], &str, Reason)] = &[
        (&[Authority], "Pump", Reason::Rule(Authority)),
        (&[MostRecent], "PUMP ", Reason::Rule(MostRecent)),
        (&[MostComplete], "Rinse pump A", Reason::Rule(MostComplete)),
        (&[Longest], "Rinse pump A", Reason::Rule(Longest)),
        (&[MostFrequent, MostRecent], "PUMP ", Reason::Rule(MostFrequent)),
        (&[Min], "PUMP ", Reason::Rule(Min)),
        (&[Max], "Rinse pump A", Reason::Rule(Max)),
        (&[], "Rinse pump A", Reason::Order),
    ];
    for (rules, value, reason) in table {
        assert_eq!(survivor(rows, rules), Some((json!(value), *reason)), "{rules:?}");
    }
}

#[test]
fn numbers_and_dates_are_compared_as_such() {
    let numbers: &[Row] = &[("erp", json!(9.5), None, 1), ("cmms", json!(10), None, 1)];
    assert_eq!(survivor(numbers, &[Rule::Max]).unwrap().0, json!(10));
    let dates: &[Row] =
        &[("erp", json!("2019-11-02"), None, 1), ("cmms", json!("2019-03-30"), None, 1)];
    assert_eq!(survivor(dates, &[Rule::Min]).unwrap().0, json!("2019-03-30"));
}

#[test]
fn a_rule_that_leaves_claims_equal_passes_them_on() {
    let rows: &[Row] = &[
        ("cmms", json!("a"), Some(10), 1),
        ("mes", json!("b"), Some(20), 1),
        ("hmi", json!("c"), Some(30), 1),
    ];
    assert_eq!(survivor(rows, USUAL), Some((json!("b"), Reason::Rule(Rule::MostRecent))));
}

#[test]
fn trust_wears_off() {
    let fresh: &[Row] = &[("old", json!("a"), Some(180), 1), ("cmms", json!("b"), Some(0), 1)];
    assert_eq!(survivor(fresh, USUAL).unwrap().0, json!("a"), "0.9 after 20 days is above 0.6");
    let worn: &[Row] = &[("old", json!("a"), Some(100), 1), ("cmms", json!("b"), Some(0), 1)];
    assert_eq!(survivor(worn, USUAL).unwrap().0, json!("b"), "0.9 after 100 days is 0.45");
    let stale: &[Row] = &[("stale", json!("a"), Some(169), 1), ("cmms", json!("b"), Some(0), 1)];
    assert_eq!(survivor(stale, USUAL).unwrap().0, json!("b"), "31 days are more than 30");
}

#[test]
fn an_override_goes_before_every_rule() {
    let rows: &[Row] = &[("erp", json!("a"), Some(190), 9), ("", json!("b"), None, 1)];
    assert_eq!(survivor(rows, USUAL), Some((json!("b"), Reason::Override)));
    assert_eq!(survivor(&rows[1..], USUAL), Some((json!("b"), Reason::Override)));
}

#[test]
fn who_is_alone_or_agrees_needs_no_rule() {
    let rows: &[Row] = &[("erp", json!("ABB"), None, 1), ("mes", json!("abb "), Some(5), 1)];
    assert_eq!(survivor(&rows[1..], USUAL), Some((json!("abb "), Reason::Only)));
    assert_eq!(survivor(rows, USUAL), Some((json!("ABB"), Reason::Agreement)));
    assert_eq!(survivor(&[], USUAL), None);
}

#[test]
fn the_first_entry_that_fits_a_property_counts() {
    let group = |name: &str, paths: &[&str]| Group {
        name: name.into(),
        paths: Paths::new(paths.iter().copied()),
        models: Vec::new(),
        rules: vec![Rule::MostComplete],
    };
    let entry = |path: &str, rule| PropertyRules {
        paths: Paths::new([path]),
        models: Vec::new(),
        rules: vec![rule],
    };
    let policy = Survivorship {
        rules: vec![Rule::Authority],
        properties: vec![entry("name", Rule::Longest), entry("name", Rule::Min)],
        groups: vec![group("address", &["address/*"])],
        sources: BTreeMap::new(),
    };
    let (catalogue, model) = (Catalogue::empty(), "dtmi:com:example:Pump;1".parse().unwrap());
    let plan = |path| {
        let plan = policy.plan(&catalogue, &model, path);
        (plan.group.map(|group| &*group.name), plan.rules[0])
    };
    assert_eq!(plan("name"), (None, Rule::Longest));
    assert_eq!(plan("address/street"), (Some("address"), Rule::MostComplete));
    assert_eq!(plan("addressee"), (None, Rule::Authority));
}

fn some_row() -> impl Strategy<Value = Row> {
    let system = prop::sample::select(vec!["erp", "cmms", "mes", "old", "stale", "hmi", ""]);
    let value =
        prop::sample::select(vec![json!("a"), json!("A "), json!("bb"), json!(3), json!([1])]);
    (system, value, prop::option::of(0..250i64), 0..4usize)
}

fn some_rules() -> impl Strategy<Value = Vec<Rule>> {
    use Rule::{Authority, Longest, Max, Min, MostComplete, MostFrequent, MostRecent};
    let all = vec![Authority, MostRecent, MostComplete, Longest, MostFrequent, Min, Max];
    prop::sample::subsequence(all, 0..4).prop_shuffle()
}

proptest! {
    #[test]
    fn the_order_in_which_claims_come_does_not_matter(
        (rows, shuffled) in prop::collection::vec(some_row(), 1..6)
            .prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        rules in some_rules(),
    ) {
        prop_assert_eq!(survivor(&rows, &rules), survivor(&shuffled, &rules));
    }

    #[test]
    fn every_claim_has_its_place(rows in prop::collection::vec(some_row(), 1..6), rules in some_rules()) {
        let words = Words::new(&rows);
        let verdict = choose(&words.claims(&rows), &rules, Timestamp(0)).unwrap();
        let mut places = verdict.order.clone();
        places.sort_unstable();
        prop_assert_eq!(places, (0..rows.len()).collect::<Vec<_>>());
        let overridden = rows.iter().any(|row| row.0.is_empty());
        prop_assert_eq!(overridden, verdict.reason == Reason::Override);
    }
}
