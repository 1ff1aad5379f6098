use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::time::Timestamp;

fn twin(number: u128) -> TwinId {
    TwinId(Uuid::from_u128(number))
}

fn subject(number: u128) -> Subject {
    let twin = (number > 0).then(|| twin(number));
    Subject { twin, valid: Interval::ALWAYS, model: None, withdrawn: Vec::new() }
}

fn subjects(twins: &[u128]) -> Vec<Subject> {
    twins.iter().map(|number| subject(*number)).collect()
}

fn pair(a: usize, b: usize, probability: f64) -> Pair {
    Pair { a, b, probability }
}

fn apart(pairs: &[(usize, usize)]) -> Judged {
    let apart = pairs.iter().map(|(a, b)| (*a, *b, Interval::ALWAYS)).collect();
    Judged { apart, ..Judged::default() }
}

/// Pairs from 0.9 on are sure. A model is the models that its name begins with.
fn planned(subjects: &[Subject], pairs: &[Pair], judged: &Judged) -> Plan {
    let sure: Vec<Pair> = pairs.iter().filter(|p| p.probability >= 0.9).copied().collect();
    let name = |model: &Dtmi| model.as_str().trim_end_matches(";1").to_owned();
    plan(subjects, pairs, &sure, judged, &|one, other| name(one).starts_with(&name(other)))
}

fn own(first: usize) -> Meaning {
    Meaning::New { first, because: None, confidence: 1.0 }
}

#[test]
fn a_record_joins_the_twin_of_the_record_that_fits_best() {
    let pairs = [pair(0, 2, 0.97), pair(1, 2, 0.99)];
    let plan = planned(&subjects(&[1, 1, 0]), &pairs, &Judged::default());
    let meaning = Meaning::Twin { twin: twin(1), because: 1, confidence: 0.99 };
    assert_eq!(plan.meanings, BTreeMap::from([(2, meaning)]));
    assert!(plan.doubts.is_empty());
}

#[test]
fn records_that_fit_each_other_and_no_twin_are_one_new_thing() {
    let plan = planned(&subjects(&[0, 0]), &[pair(0, 1, 0.98)], &Judged::default());
    let second = Meaning::New { first: 0, because: Some(0), confidence: 0.98 };
    assert_eq!(plan.meanings, BTreeMap::from([(0, own(0)), (1, second)]));
}

#[test]
fn two_twins_that_look_like_one_are_a_doubt_and_stay_two() {
    let pairs = [pair(0, 1, 0.92), pair(0, 2, 0.97), pair(1, 2, 0.99)];
    let plan = planned(&subjects(&[1, 2, 0]), &pairs, &Judged::default());
    let meaning = Meaning::Twin { twin: twin(2), because: 1, confidence: 0.99 };
    assert_eq!(plan.meanings, BTreeMap::from([(2, meaning)]));
    assert_eq!(plan.doubts, [pair(0, 2, 0.97)]);
}

#[test]
fn a_record_that_may_be_a_twin_is_a_thing_of_its_own_and_a_doubt() {
    let plan = planned(&subjects(&[1, 0]), &[pair(0, 1, 0.7)], &Judged::default());
    assert_eq!(plan.meanings, BTreeMap::from([(1, own(1))]));
    assert_eq!(plan.doubts, [pair(0, 1, 0.7)]);
}

#[test]
fn a_record_that_is_told_from_a_twins_record_becomes_a_thing_of_its_own() {
    let pairs = [pair(0, 1, 0.99), pair(0, 2, 0.98)];
    let plan = planned(&subjects(&[1, 0, 0]), &pairs, &apart(&[(0, 1)]));
    let meaning = Meaning::Twin { twin: twin(1), because: 0, confidence: 0.98 };
    assert_eq!(plan.meanings, BTreeMap::from([(1, own(1)), (2, meaning)]));
    assert_eq!(plan.doubts, [], "nobody asks again");
}

#[test]
fn records_that_are_told_apart_do_not_meet_through_a_third() {
    let pairs = [pair(0, 1, 0.99), pair(1, 2, 0.98)];
    let plan = planned(&subjects(&[0, 0, 0]), &pairs, &apart(&[(0, 2)]));
    let second = Meaning::New { first: 0, because: Some(0), confidence: 0.99 };
    assert_eq!(plan.meanings, BTreeMap::from([(0, own(0)), (1, second), (2, own(2))]));
    assert_eq!(plan.doubts, [], "the two things were told apart");
}

#[test]
fn a_record_does_not_join_a_twin_from_whose_other_id_it_was_told() {
    let kept_from = vec![(1, twin(1), Interval::ALWAYS)];
    let judged = Judged { kept_from, ..Judged::default() };
    let plan = planned(&subjects(&[1, 0]), &[pair(0, 1, 0.99)], &judged);
    assert_eq!(plan.meanings, BTreeMap::from([(1, own(1))]));
    assert_eq!(plan.doubts, []);
}

#[test]
fn other_records_of_two_things_that_were_told_apart_are_not_asked_about() {
    let pairs = [pair(0, 2, 0.8), pair(1, 2, 0.7)];
    let things = subjects(&[1, 1, 2]);
    assert_eq!(planned(&things, &pairs, &apart(&[(0, 2)])).doubts, []);
    assert_eq!(planned(&things, &pairs, &Judged::default()).doubts, [pair(0, 2, 0.8)]);
}

#[test]
fn a_verdict_says_nothing_of_another_time() {
    let when = Interval::new(Timestamp(0), Timestamp(10)).unwrap();
    let judged = Judged { apart: vec![(0, 2, when)], ..Judged::default() };
    let mut things = subjects(&[1, 1, 2]);
    things[1].valid = Interval::since(Timestamp(10));
    let pairs = [pair(0, 2, 0.6), pair(1, 2, 0.7)];
    assert_eq!(planned(&things, &pairs, &judged).doubts, [pair(1, 2, 0.7)]);
    things[2].valid = when;
    assert_eq!(planned(&things, &pairs, &judged).doubts, [], "never there at the same time");
}

#[test]
fn records_that_are_judged_the_same_are_one_thing_however_they_look() {
    let judged = Judged { same: BTreeSet::from([(0, 1)]), ..Judged::default() };
    let plan = planned(&subjects(&[0, 0]), &[pair(0, 1, 0.2)], &judged);
    let second = Meaning::New { first: 0, because: Some(0), confidence: 1.0 };
    assert_eq!(plan.meanings, BTreeMap::from([(0, own(0)), (1, second)]));
}

#[test]
fn what_somebody_untied_is_not_tied_again_but_asked_about() {
    let mut things = subjects(&[1, 0]);
    let valid = Interval::ALWAYS;
    things[1].withdrawn = vec![Withdrawn { valid, twin: twin(1), is_bare: false }];
    let plan = planned(&things, &[pair(0, 1, 0.99)], &Judged::default());
    assert_eq!(plan.meanings, BTreeMap::new());
    assert_eq!(plan.doubts, [pair(0, 1, 0.99)]);
    let answered = planned(&things, &[pair(0, 1, 0.99)], &apart(&[(0, 1)]));
    assert_eq!(answered.meanings, BTreeMap::from([(1, own(1))]), "rejected, it is its own thing");
}

#[test]
fn what_was_untied_from_a_twin_of_its_own_gets_no_new_one() {
    let mut things = subjects(&[0, 0]);
    let valid = Interval::ALWAYS;
    things[0].withdrawn = vec![Withdrawn { valid, twin: twin(1), is_bare: true }];
    let plan = planned(&things, &[], &Judged::default());
    assert_eq!(plan.meanings, BTreeMap::from([(1, own(1))]));
}

#[test]
fn models_that_exclude_each_other_do_not_meet_through_a_record_without_one() {
    let mut things = subjects(&[0, 0, 0, 0]);
    let models = [Some("dtmi:unit:pump;1"), None, Some("dtmi:unit:motor;1"), Some("dtmi:unit;1")];
    for (thing, model) in things.iter_mut().zip(models) {
        thing.model = model.map(|model| model.parse().unwrap());
    }
    let pairs = [pair(0, 1, 0.99), pair(1, 2, 0.98), pair(1, 3, 0.97), pair(2, 3, 0.96)];
    let plan = planned(&things, &pairs, &Judged::default());
    let joins = |because, confidence| Meaning::New { first: 0, because: Some(because), confidence };
    let expected = [(0, own(0)), (1, joins(0, 0.99)), (2, own(2)), (3, joins(1, 0.97))];
    assert_eq!(plan.meanings, BTreeMap::from(expected));
}

proptest! {
    #[test]
    fn every_undecided_record_means_one_thing_and_what_was_told_apart_stays_apart(
        twins in prop::collection::vec(0u128..4, 1..12),
        raw in prop::collection::vec((0usize..12, 0usize..12, 0.5f64..1.0), 0..40),
        told in prop::collection::vec((0usize..12, 0usize..12), 0..6),
    ) {
        let subjects = subjects(&twins);
        let fits = |a: usize, b: usize| a < b && b < subjects.len();
        let raw = raw.into_iter().filter(|(a, b, _)| fits(*a, *b));
        let pairs: Vec<Pair> = raw.map(|(a, b, p)| pair(a, b, p)).collect();
        let told: Vec<_> = told.into_iter().filter(|(a, b)| fits(*a, *b)).collect();
        let plan = planned(&subjects, &pairs, &apart(&told));
        for (place, subject) in subjects.iter().enumerate() {
            prop_assert_eq!(plan.meanings.contains_key(&place), subject.twin.is_none());
        }
        for meaning in plan.meanings.values() {
            if let Meaning::New { first, .. } = meaning {
                let own = matches!(plan.meanings[first], Meaning::New { because: None, .. });
                prop_assert!(own, "{:?}", plan);
            }
        }
        let thing = |place: usize| match (&subjects[place].twin, plan.meanings.get(&place)) {
            (Some(twin), _) | (None, Some(Meaning::Twin { twin, .. })) => (Some(*twin), None),
            (None, Some(Meaning::New { first, .. })) => (None, Some(*first)),
            (None, None) => (None, Some(place)),
        };
        for (a, b) in &told {
            let were_decided = subjects[*a].twin.is_some() && subjects[*b].twin.is_some();
            prop_assert!(were_decided || thing(*a) != thing(*b), "{a} {b} {plan:?}");
        }
        for doubt in &plan.doubts {
            let (a, b) = (thing(doubt.a), thing(doubt.b));
            let is_told = |(x, y): &(usize, usize)| {
                (thing(*x), thing(*y)) == (a, b) || (thing(*x), thing(*y)) == (b, a)
            };
            prop_assert!(a != b && !told.iter().any(is_told), "{doubt:?} {plan:?}");
        }
    }
}

#[test]
fn a_run_about_devices_leaves_records_to_who_brings_them() {
    // 0 means a twin; 1 and 4 are devices, 2 and 3 are records of which nobody has decided anything.
    let subjects = subjects(&[1, 0, 0, 0, 0]);
    let pairs =
        [pair(0, 1, 0.97), pair(2, 3, 0.98), pair(3, 4, 0.95), pair(0, 2, 0.4), pair(0, 4, 0.3)];
    let mut plan = planned(&subjects, &pairs, &Judged::default());
    assert_eq!(plan.meanings.len(), 4);
    plan.limit_to(|place| [1, 4].contains(&place));
    let joins = Meaning::Twin { twin: twin(1), because: 0, confidence: 0.97 };
    assert_eq!(plan.meanings, BTreeMap::from([(1, joins)]));
    assert!(plan.doubts.iter().all(|doubt| doubt.b == 4), "{:?}", plan.doubts);
}
