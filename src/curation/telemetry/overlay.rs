//! What a device says of itself, laid over what records say of it. Pure.

use super::described::Described;
use crate::curation::settle::Version;
use crate::domain::nameplate::identifier;
use crate::domain::time::Interval;

/// The record goes first, and the device fills in what it leaves open. Where the two name different units, the device is
/// right about itself from its report on: from then on the id describes another thing than the record says.
///
/// What the device adds says nothing about the kind of thing, so a version that it contradicts has no model any more, and
/// makes no twin by itself.
pub fn overlay(recorded: Vec<Version>, said: &[Described]) -> Vec<Version> {
    let mut all = Vec::new();
    for told in said {
        let held = recorded.iter().map(|version| version.valid);
        let alone = told.valid.without_all(held).into_iter();
        all.extend(alone.map(|valid| alone_in(valid, told)));
    }
    for version in recorded {
        laid_over(version, said, &mut all);
    }
    all.sort_by_key(|version| version.valid.from);
    all
}

fn alone_in(valid: Interval, told: &Described) -> Version {
    let (identity, reported) = Default::default();
    filled(Version { valid, identity, reported, model: None, is_corrected: false }, told)
}

/// One version, in as many parts as the device told different things.
fn laid_over(version: Version, said: &[Described], all: &mut Vec<Version>) {
    let told: Vec<&Described> =
        said.iter().filter(|told| told.valid.overlaps(&version.valid)).collect();
    let Some(first) = told.first() else {
        all.push(version);
        return;
    };
    // Before its first report, what the device will say is the record's own unless the two contradict each other.
    let mut from = version.valid.from;
    if contradicts(&version, first)
        && let Some(before) = Interval::new(from, first.valid.from)
    {
        all.push(Version { valid: before, ..version.clone() });
        from = first.valid.from;
    }
    for (number, told_now) in told.iter().enumerate() {
        let to = told.get(number + 1).map_or(version.valid.to, |next| next.valid.from);
        let Some(valid) = Interval::new(from, to) else { continue };
        let part = Version { valid, ..version.clone() };
        all.push(match contradicts(&part, told_now) {
            true => corrected(part, told_now),
            false => filled(part, told_now),
        });
        from = to;
    }
}

/// Whether the two name different units.
fn contradicts(version: &Version, told: &Described) -> bool {
    told.identity.iter().any(|(field, text)| {
        let said = version.identity.get(field).and_then(|own| identifier(field, own));
        said.is_some_and(|said| identifier(field, text).is_some_and(|told| told != said))
    })
}

fn filled(mut version: Version, told: &Described) -> Version {
    for (field, text) in &told.identity {
        let own = version.identity.get(field);
        if own.is_none_or(|own| own.trim().is_empty()) {
            version.identity.insert(field.clone(), text.clone());
            version.reported.insert(field.clone(), text.clone());
        }
    }
    version
}

fn corrected(mut version: Version, told: &Described) -> Version {
    version.identity.extend(told.identity.clone());
    version.reported = told.identity.clone();
    version.model = None;
    version.is_corrected = true;
    version
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;
    use proptest::prelude::*;

    fn interval(from: i64, to: i64) -> Interval {
        Interval { from: Timestamp(from), to: Timestamp(to) }
    }

    fn texts(
        fields: &[(&str, &str)],
    ) -> std::collections::BTreeMap<std::sync::Arc<str>, std::sync::Arc<str>> {
        fields.iter().map(|(field, text)| ((*field).into(), (*text).into())).collect()
    }

    fn version(from: i64, to: i64, fields: &[(&str, &str)]) -> Version {
        let model = "dtmi:counterpart:base:Unit;1".parse().ok();
        let (identity, reported) = (texts(fields), texts(&[]));
        Version { valid: interval(from, to), identity, reported, model, is_corrected: false }
    }

    fn told(from: i64, to: i64, fields: &[(&str, &str)]) -> Described {
        Described { valid: interval(from, to), identity: texts(fields) }
    }

    fn shown(versions: &[Version]) -> Vec<(i64, i64, String, bool)> {
        let serial =
            |v: &Version| v.identity.get("serial").map(|s| s.to_string()).unwrap_or_default();
        versions
            .iter()
            .map(|v| (v.valid.from.0, v.valid.to.0, serial(v), v.model.is_some()))
            .collect()
    }

    #[test]
    fn a_device_fills_in_what_its_record_leaves_open() {
        let record = version(0, 100, &[("manufacturer", "KSB"), ("serial", "")]);
        let said = [told(10, 100, &[("serial", "A-4711"), ("manufacturer", "ksb ag")])];
        let all = overlay(vec![record], &said);
        assert_eq!(shown(&all), [(0, 100, "A-4711".to_owned(), true)]);
        assert_eq!(&*all[0].identity["manufacturer"], "KSB", "the record goes first");
        assert_eq!(all[0].reported, texts(&[("serial", "A-4711")]));
    }

    #[test]
    fn a_device_that_contradicts_its_record_is_right_from_its_report_on() {
        let record = version(0, 100, &[("serial", "A-4711")]);
        let said = [told(10, 100, &[("serial", "B-9222")])];
        let all = overlay(vec![record], &said);
        let expected = [(0, 10, "A-4711".to_owned(), true), (10, 100, "B-9222".to_owned(), false)];
        assert_eq!(shown(&all), expected);
    }

    #[test]
    fn spellings_and_fillers_contradict_nothing() {
        for text in ["SN: a4711", "n/a", "00000"] {
            let record = version(0, 100, &[("serial", "A-4711")]);
            let all = overlay(vec![record], &[told(10, 100, &[("serial", text)])]);
            assert_eq!(shown(&all), [(0, 100, "A-4711".to_owned(), true)], "{text}");
        }
    }

    #[test]
    fn where_no_record_speaks_the_device_does() {
        let record = version(20, 30, &[("serial", "A-4711")]);
        let said = [told(10, 40, &[("serial", "A-4711")]), told(40, 50, &[("serial", "B-9222")])];
        let expected = [
            (10, 20, "A-4711".to_owned(), false),
            (20, 30, "A-4711".to_owned(), true),
            (30, 40, "A-4711".to_owned(), false),
            (40, 50, "B-9222".to_owned(), false),
        ];
        assert_eq!(shown(&overlay(vec![record], &said)), expected);
    }

    proptest! {
        #[test]
        fn versions_never_overlap_and_cover_what_both_covered(
            records in prop::collection::btree_set(0i64..60, 0..6),
            reports in prop::collection::btree_set(0i64..60, 0..6),
        ) {
            let cut = |times: &std::collections::BTreeSet<i64>| -> Vec<(i64, i64)> {
                let times: Vec<i64> = times.iter().copied().collect();
                times.windows(2).map(|pair| (pair[0], pair[1])).collect()
            };
            let serial = |n: i64| format!("AB-{}", 47_110 + n % 3);
            let recorded: Vec<Version> = cut(&records)
                .into_iter()
                .step_by(2)
                .map(|(from, to)| version(from, to, &[("serial", &serial(from))]))
                .collect();
            let said: Vec<Described> = cut(&reports)
                .into_iter()
                .map(|(from, to)| told(from, to, &[("serial", &serial(to))]))
                .collect();
            let covers = |moment: i64| {
                let at = Timestamp(moment);
                recorded.iter().any(|v| v.valid.contains(at)) || said.iter().any(|t| t.valid.contains(at))
            };
            let expected: Vec<bool> = (0..60).map(covers).collect();
            let all = overlay(recorded.clone(), &said);
            let counts = (0..60).map(|m| all.iter().filter(|v| v.valid.contains(Timestamp(m))).count());
            let counts: Vec<usize> = counts.collect();
            let wanted: Vec<usize> = expected.into_iter().map(usize::from).collect();
            prop_assert_eq!(counts, wanted);
        }
    }
}
