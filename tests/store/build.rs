//! Short ways to write entries, readings and facts.

use counterpart::domain::change::Change;
use counterpart::domain::curation::{
    Curation, Decided, DecisionKind, Judgement, Pair, Subject, Verdict,
};
use counterpart::domain::fact::{
    Binding, Ends, Existence, FactRow, JsonMap, Link, PropertyValue, Reference, SourceRecord,
};
use counterpart::domain::id::{ExternalId, Position, StreamId, StreamKey, TwinId};
use counterpart::domain::log::Entry;
use counterpart::domain::reading::{Quality, Reading};
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::domain::timeline::Fact;
use counterpart::domain::unit::Conversion;
use counterpart::domain::value::Value;
use counterpart::store::{Append, Window};
use serde_json::json;
use uuid::Uuid;

/// An entry recorded at second `position`, with nothing in it yet.
pub fn entry(position: u64) -> Append {
    let recorded_at = Timestamp(i64::try_from(position).unwrap() * 1_000);
    let entry = Entry {
        position: Position(position),
        recorded_at,
        actor: "somebody".into(),
        changes: Vec::new(),
        readings: Vec::new(),
    };
    Append { entry, edits: Vec::new() }
}

/// An entry with readings only.
pub fn readings(position: u64, readings: impl IntoIterator<Item = Reading>) -> Append {
    let mut append = entry(position);
    append.entry.readings.extend(readings);
    append
}

/// An entry with changes only.
pub fn changes(position: u64, changes: impl IntoIterator<Item = Change>) -> Append {
    let mut append = entry(position);
    append.entry.changes.extend(changes);
    append
}

/// An entry with facts, and a change so that it is kept.
pub fn edits(position: u64, edits: impl IntoIterator<Item = FactRow>) -> Append {
    let mut append = changes(position, [system("erp", "ERP")]);
    append.edits.extend(edits);
    append
}

/// A good reading.
pub fn reading(stream: u32, time: i64, value: f64) -> Reading {
    Reading {
        stream: StreamId(stream),
        time: Timestamp(time),
        sequence: 0,
        value: Value::Double(value),
        quality: Quality::Good,
    }
}

/// All of a stream's readings, as known by now.
pub fn all_of(stream: u32) -> Window {
    Window { stream: StreamId(stream), times: Interval::ALWAYS, known: Position::LATEST_KNOWN }
}

pub fn system(name: &str, title: &str) -> Change {
    Change::SystemDeclared { name: name.into(), title: title.into() }
}

pub fn external(id: &str) -> ExternalId {
    ExternalId::new("mqtt", "line 3", id).unwrap()
}

pub fn stream_key(stream: u32) -> StreamKey {
    StreamKey::new(external(&format!("device {}", stream / 2)), &format!("ch{stream}")).unwrap()
}

pub fn stream_opened(stream: u32) -> Change {
    Change::StreamOpened { stream: StreamId(stream), key: stream_key(stream) }
}

pub fn twin(number: u128) -> TwinId {
    TwinId(Uuid::from_u128(number))
}

pub fn interval(from: i64, to: i64) -> Interval {
    Interval::new(Timestamp(from), Timestamp(to)).unwrap()
}

pub fn ends() -> Ends {
    Ends { source: twin(1), name: "feeds".into(), target: twin(2), key: "spare \"2\"".into() }
}

/// Values that JSON or SQL, written carelessly, change.
pub fn awkward() -> serde_json::Value {
    json!({
        "text": "it's \"quoted\" \\ \u{0} 漢字 \u{1F600}\n",
        "sum": 0.1 + 0.2,
        "tiny": 5e-324,
        "huge": f64::MAX,
        "least": i64::MIN,
        "greatest": i64::MAX,
        "unsigned": u64::MAX,
        "list": [null, true, 1.0, -0.0, []],
    })
}

pub fn object() -> JsonMap {
    awkward().as_object().unwrap().clone()
}

pub fn link() -> Link {
    Link {
        twin: twin(1),
        reason: "the \"serial\" matches; it's exact".into(),
        confidence: 0.1 + 0.2,
        decider: "Zoë".into(),
    }
}

pub fn binding() -> Binding {
    Binding {
        twin: twin(1),
        path: "lastKnownValue/value".into(),
        unit: Some("°F".into()),
        conversion: Conversion::new(5.0 / 9.0, -160.0 / 9.0),
    }
}

pub fn record() -> SourceRecord {
    SourceRecord {
        kind: "equipment".into(),
        attributes: object(),
        claims: [("serial".into(), awkward())].into(),
        identity: [("serial".into(), "it's \"44710\"".into())].into(),
        model: Some("dtmi:com:example:Pump;1".parse().unwrap()),
        stated: Some(Timestamp(i64::MIN)),
        references: vec![Reference {
            name: "occupies".into(),
            other: external("it's \"another\""),
            is_incoming: true,
        }],
    }
}

/// That record `a` is another thing than this one.
pub fn verdict(other: &str) -> Curation {
    Curation::Verdict(Box::new(Verdict {
        pair: Pair::new(external(other), external("a")).unwrap(),
        judgement: Judgement::Different,
        reason: "it's \"another\" one".into(),
        decider: "Zoë".into(),
    }))
}

/// The mark of a decision that made no change.
pub fn decided(reason: &str) -> Decided {
    let subjects = vec![Subject::Twin(twin(1)), Subject::Id(external("a"))];
    Decided::new(DecisionKind::Merge, &reason.into(), subjects)
}

/// A fact that stands since `position`.
pub fn fact<T>(position: u64, valid: Interval, value: T) -> Fact<T> {
    Fact { valid, recorded_from: Position(position), recorded_to: Position::LATEST, value }
}

/// One standing fact of each kind, all during `valid`. The binding is of stream 0.
pub fn one_of_each(position: u64, valid: Interval) -> Vec<FactRow> {
    let property = PropertyValue { value: awkward(), source: Some("erp".into()) };
    let record = record();
    let existence = Existence { model: "dtmi:com:example:Pump;1".parse().unwrap() };
    vec![
        FactRow::Twin(twin(1), fact(position, valid, existence)),
        FactRow::Property(twin(1), "serial".into(), fact(position, valid, property)),
        FactRow::Relationship(ends(), fact(position, valid, object())),
        FactRow::Crosswalk(external("a"), fact(position, valid, link())),
        FactRow::Binding(StreamId(0), fact(position, valid, binding())),
        FactRow::Record(external("a"), fact(position, valid, record)),
        FactRow::Curation(fact(position, valid, verdict("b"))),
    ]
}

/// The facts, ended by the entry at `position`.
pub fn ended(position: u64, rows: Vec<FactRow>) -> Vec<FactRow> {
    let at = Position(position);
    let end = |row| match row {
        FactRow::Twin(id, f) => FactRow::Twin(id, Fact { recorded_to: at, ..f }),
        FactRow::Property(id, p, f) => FactRow::Property(id, p, Fact { recorded_to: at, ..f }),
        FactRow::Relationship(e, f) => FactRow::Relationship(e, Fact { recorded_to: at, ..f }),
        FactRow::Crosswalk(id, f) => FactRow::Crosswalk(id, Fact { recorded_to: at, ..f }),
        FactRow::Binding(id, f) => FactRow::Binding(id, Fact { recorded_to: at, ..f }),
        FactRow::Record(key, f) => FactRow::Record(key, Fact { recorded_to: at, ..f }),
        FactRow::Curation(f) => FactRow::Curation(Fact { recorded_to: at, ..f }),
    };
    rows.into_iter().map(end).collect()
}

/// Rows in an order that does not depend on the store.
pub fn sorted(mut rows: Vec<FactRow>) -> Vec<FactRow> {
    rows.sort_by_key(|row| format!("{row:?}"));
    rows
}
