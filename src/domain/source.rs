//! Declared sources: how they are read, and what that says about how far they are trusted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::fact::{JsonMap, SourceRecord};
use super::id::ExternalId;
use super::reconcile::survive::Trust;

/// All declared sources, by name.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    declared: BTreeMap<Arc<str>, Declared>,
}

#[derive(Debug, Clone)]
struct Declared {
    declaration: Arc<JsonMap>,
    trust: Trust,
}

impl Sources {
    /// The declaration of that name.
    pub fn get(&self, name: &str) -> Option<&Arc<JsonMap>> {
        self.declared.get(name).map(|declared| &declared.declaration)
    }

    /// All names and declarations, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<JsonMap>)> {
        self.declared.iter().map(|(name, declared)| (name, &declared.declaration))
    }

    /// All names.
    pub fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        self.declared.keys()
    }

    /// Keeps a declaration in place of the one before.
    pub fn insert(&mut self, name: Arc<str>, declaration: Arc<JsonMap>) {
        let trust = trust_in(&declaration);
        self.declared.insert(name, Declared { declaration, trust });
    }

    /// How far a record is trusted, as its source's declaration says: of several that read its system, the one for its
    /// kind and scope.
    pub fn trust_in_record(&self, key: &ExternalId, record: &SourceRecord) -> Option<&Trust> {
        let fit = |declared: &Declared| {
            let of = |member| text(&declared.declaration, member);
            let scope = of("scope").map(|scope| *scope == *key.scope);
            let kind = of("kind").map(|kind| *kind == *record.kind);
            let kind =
                if tells_of(&declared.declaration, &record.kind) { Some(true) } else { kind };
            // What a declaration leaves out fits less well than what it names, and better than another name.
            let rank = |fits: Option<bool>| fits.map_or(1, |fits| if fits { 2 } else { 0 });
            (rank(kind), rank(scope))
        };
        // The first of equals, by name.
        self.of_system(&key.system).rev().max_by_key(|declared| fit(declared)).map(|d| &d.trust)
    }

    /// How far values are trusted that a system stated of twins themselves.
    pub fn trust_in_system(&self, system: &str) -> Option<&Trust> {
        let same_name = self.declared.get(system);
        same_name.or_else(|| self.of_system(system).next()).map(|declared| &declared.trust)
    }

    fn of_system(&self, system: &str) -> impl DoubleEndedIterator<Item = &Declared> {
        let reads = move |name: &str, declared: &Declared| {
            text(&declared.declaration, "system").unwrap_or(name) == system
        };
        let all = self.declared.iter().filter(move |(name, declared)| reads(name, declared));
        all.map(|(_, declared)| declared)
    }
}

impl Extend<(Arc<str>, Arc<JsonMap>)> for Sources {
    fn extend<I: IntoIterator<Item = (Arc<str>, Arc<JsonMap>)>>(&mut self, declared: I) {
        declared.into_iter().for_each(|(name, declaration)| self.insert(name, declaration));
    }
}

/// What a declaration says of trust: `authority` is a number, or an object with `default` and `properties`; beside it,
/// or in it, stand `halfLifeDays` (or `halfLife`, ISO 8601) and `staleAfterDays` (or `staleAfter`).
fn trust_in(declaration: &JsonMap) -> Trust {
    let authority = declaration.get("authority");
    let inside = authority.and_then(Value::as_object);
    let number = |value: &Value| value.as_f64().filter(|number| *number >= 0.0);
    let default = match inside {
        Some(inside) => inside.get("default").and_then(number),
        None => authority.and_then(number),
    };
    let listed = inside.and_then(|inside| inside.get("properties")).and_then(Value::as_object);
    let properties = listed.into_iter().flatten();
    let member = |name: &str| inside.and_then(|i| i.get(name)).or_else(|| declaration.get(name));
    Trust {
        authority: default.unwrap_or(Trust::DEFAULT.authority),
        properties: properties
            .filter_map(|(path, value)| Some((path.as_str().into(), number(value)?)))
            .collect(),
        half_life: duration(member("halfLifeDays"), member("halfLife")),
        stale_after: duration(member("staleAfterDays"), member("staleAfter")),
    }
}

fn duration(days: Option<&Value>, iso: Option<&Value>) -> Option<Duration> {
    const DAY_S: f64 = 86_400.0;
    let by_days = days.and_then(Value::as_f64);
    let by_text = || {
        let span: jiff::Span = iso?.as_str()?.parse().ok()?;
        span.total((jiff::Unit::Day, jiff::SpanRelativeTo::days_are_24_hours())).ok()
    };
    let days = by_days.or_else(by_text)?;
    Duration::try_from_secs_f64(days * DAY_S).ok().filter(|duration| !duration.is_zero())
}

/// Whether the rows of a source also tell of things of that kind: it stands in the section, or is its name.
fn tells_of(declaration: &JsonMap, kind: &str) -> bool {
    let also = declaration.get("also").and_then(Value::as_object).into_iter().flatten();
    also.into_iter()
        .any(|(name, section)| section.get("kind").and_then(Value::as_str).unwrap_or(name) == kind)
}

fn text<'a>(declaration: &'a JsonMap, member: &str) -> Option<&'a str> {
    declaration.get(member).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn declared(declaration: Value) -> Arc<JsonMap> {
        let Value::Object(map) = declaration else { panic!("a declaration is an object") };
        Arc::new(map)
    }

    fn record(kind: &str) -> SourceRecord {
        SourceRecord { kind: kind.into(), ..SourceRecord::default() }
    }

    #[test]
    fn authority_is_a_number_or_one_for_each_property() {
        let plain = trust_in(&declared(json!({"authority": 0.8, "halfLife": "P2W"})));
        assert_eq!(plain.authority, 0.8);
        assert_eq!(plain.half_life, Some(Duration::from_secs(14 * 86_400)));
        let detailed = trust_in(&declared(json!({
            "authority": {"default": 0.3, "properties": {"serialNumber": 0.9}, "halfLifeDays": 30},
            "staleAfterDays": 365,
        })));
        assert_eq!((detailed.authority, detailed.properties["serialNumber"]), (0.3, 0.9));
        assert_eq!(detailed.half_life, Some(Duration::from_secs(30 * 86_400)));
        assert_eq!(detailed.stale_after, Some(Duration::from_secs(365 * 86_400)));
        assert_eq!(trust_in(&declared(json!({"authority": "much"}))), Trust::DEFAULT);
    }

    #[test]
    fn a_record_is_trusted_as_the_declaration_of_its_kind_says() {
        let mut sources = Sources::default();
        sources.extend([
            ("a".into(), declared(json!({"system": "erp", "authority": 0.1}))),
            ("b".into(), declared(json!({"system": "erp", "kind": "equipment", "authority": 0.9}))),
            ("erp".into(), declared(json!({"system": "other", "authority": 0.7}))),
        ]);
        let key = ExternalId::new("erp", "", "1").unwrap();
        let authority =
            |kind: &str| sources.trust_in_record(&key, &record(kind)).map(|t| t.authority);
        assert_eq!(authority("equipment"), Some(0.9));
        assert_eq!(authority("location"), Some(0.1));
        let unknown = ExternalId::new("mes", "", "1").unwrap();
        assert_eq!(sources.trust_in_record(&unknown, &record("equipment")), None);
    }
}
