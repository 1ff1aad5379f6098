//! The meaning of an id over time: whether an update in place describes the same unit as before.
//!
//! A station's record keeps its id when the machine in it is swapped. The record then means another unit from that moment
//! on. An edit, a typing error put right and a move to another place do not change what a record means.

use super::asset::sheet::{Field, Texts};
use super::normalise::asset::{day, mac, name, reference, serial};

/// What speaks for a change of meaning (positive) or against it, in natural logits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// What it is.
    pub what: &'static str,
    /// How much it says.
    pub logit: f32,
}

/// Whether an id changed its meaning, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Succession {
    /// The sum of the reasons and of how rarely an update means a swap.
    pub logit: f32,
    /// All reasons that say anything.
    pub reasons: Vec<Reason>,
}

impl Succession {
    /// The probability that the record describes another unit than before, 0 to 1.
    pub fn probability(&self) -> f32 {
        1.0 / (1.0 + (-self.logit).exp())
    }
}

/// An update says nothing of a swap by itself: most are edits.
const START: f32 = -1.5;
/// Installation dates further apart than this are two installations.
const INSTALL_DAYS: u32 = 60;
/// So many texts typed anew at once are a new record under an old id.
const REWRITTEN_MIN: usize = 3;
/// Texts that nobody types anew for an edit.
const TYPED: [Field; 5] =
    [Field::Description, Field::Manufacturer, Field::Model, Field::Serial, Field::Mac];

/// Compares what a source said of an id before and after an update.
pub fn changed_meaning(before: &Texts<'_>, after: &Texts<'_>) -> Succession {
    let parts = [
        ("serial", of_serial(before, after)),
        ("hardware address", of_mac(before, after)),
        ("UUID", of_uuid(before, after)),
        ("default name", of_tail(before, after)),
        ("installation date", of_days(before, after, Field::InstallDate)),
        ("first seen", of_days(before, after, Field::FirstSeen)),
        ("model", of_names(before, after, Field::Model, 1.5)),
        ("manufacturer", of_names(before, after, Field::Manufacturer, 0.7)),
        ("rewritten", of_rewriting(before, after)),
    ];
    let reasons: Vec<Reason> = parts
        .into_iter()
        .filter(|(_, logit)| *logit != 0.0)
        .map(|(what, logit)| Reason { what, logit })
        .collect();
    Succession { logit: START + reasons.iter().map(|reason| reason.logit).sum::<f32>(), reasons }
}

fn pair<'a>(before: &Texts<'a>, after: &Texts<'a>, field: Field) -> (&'a str, &'a str) {
    (before[field as usize].trim(), after[field as usize].trim())
}

fn of_serial(before: &Texts<'_>, after: &Texts<'_>) -> f32 {
    use super::asset::compare::serial::{SerialLevel, level_of_texts};
    let (x, y) = pair(before, after, Field::Serial);
    let model = |texts: &Texts<'_>| name::model(texts[Field::Model as usize]);
    let read = |raw: &str, texts: &Texts<'_>| {
        serial::canonical(raw)
            .filter(|found| model(texts).as_ref() != Some(found))
            .map(|found| serial::folded(&found))
    };
    match (read(x, before), read(y, after)) {
        (None, None) => 0.0,
        (Some(_), None) => 1.8,
        (None, Some(_)) => -0.3,
        (Some(x), Some(y)) => match level_of_texts(&x, &y) {
            SerialLevel::Equal | SerialLevel::EqualShort => -6.0,
            SerialLevel::Part => -3.0,
            SerialLevel::Close => -1.0,
            SerialLevel::Neighbour => 5.0,
            _ => 7.0,
        },
    }
}

fn of_mac(before: &Texts<'_>, after: &Texts<'_>) -> f32 {
    let (x, y) = pair(before, after, Field::Mac);
    match (mac::parse(x), mac::parse(y)) {
        (None, None) => 0.0,
        (Some(_), None) => 0.7,
        (None, Some(_)) => -0.3,
        (Some(x), Some(y)) if x == y => -6.0,
        (Some(x), Some(y)) if x.abs_diff(y) == 1 => -2.0,
        _ => 5.0,
    }
}

fn of_uuid(before: &Texts<'_>, after: &Texts<'_>) -> f32 {
    let mut sum = 0.0;
    for field in [Field::Uuid, Field::ClientId] {
        let (x, y) = pair(before, after, field);
        if let (Some(x), Some(y)) = (reference::uuid(x), reference::uuid(y)) {
            sum += if x == y { -2.0 } else { 5.0 };
        }
    }
    sum
}

fn of_tail(before: &Texts<'_>, after: &Texts<'_>) -> f32 {
    let mut sum = 0.0f32;
    for field in [Field::Hostname, Field::ClientId] {
        let (x, y) = pair(before, after, field);
        if let (Some(x), Some(y)) = (mac::tail_in_name(x), mac::tail_in_name(y)) {
            sum += if x == y { -1.0 } else { 4.0 };
        }
    }
    sum
}

fn of_days(before: &Texts<'_>, after: &Texts<'_>, field: Field) -> f32 {
    let (x, y) = pair(before, after, field);
    match (day::parse(x), day::parse(y)) {
        (Some(x), Some(y)) if x == y => -0.7,
        (Some(x), Some(y)) if x.abs_diff(y) > INSTALL_DAYS => 3.5,
        _ => 0.0,
    }
}

fn of_names(before: &Texts<'_>, after: &Texts<'_>, field: Field, differs: f32) -> f32 {
    let (x, y) = pair(before, after, field);
    let read =
        |raw: &str| if field == Field::Model { name::model(raw) } else { name::manufacturer(raw) };
    match (read(x), read(y)) {
        (Some(x), Some(y)) if x != y && !x.starts_with(&y) && !y.starts_with(&x) => differs,
        _ => 0.0,
    }
}

/// Many texts typed anew at once, among them none that only moves the thing, speak for a new unit; none at all against it.
fn of_rewriting(before: &Texts<'_>, after: &Texts<'_>) -> f32 {
    let (mut changed, mut said) = (0, 0);
    for field in TYPED {
        let (x, y) = pair(before, after, field);
        said += usize::from(!x.is_empty() || !y.is_empty());
        changed += usize::from(x != y);
    }
    match changed {
        0 if said == 0 => 0.0,
        0 => -4.0,
        1 => 0.0,
        2 => 1.0,
        many => 1.0 + (many + 1 - REWRITTEN_MIN) as f32,
    }
}

#[cfg(test)]
mod tests {
    use super::super::asset::sheet::FIELDS;
    use super::*;

    fn texts<'a>(pairs: &[(Field, &'a str)]) -> Texts<'a> {
        let mut texts = [""; FIELDS];
        pairs.iter().for_each(|&(field, text)| texts[field as usize] = text);
        texts
    }

    const PUMP: [(Field, &str); 6] = [
        (Field::Serial, "S/N 0604529-19"),
        (Field::Manufacturer, "Sulzer"),
        (Field::Model, "A22-80"),
        (Field::Description, "transfer pump"),
        (Field::InstallDate, "2019-07-19"),
        (Field::Location, "P97-UTL-L04-S040"),
    ];

    fn with(changes: &[(Field, &'static str)]) -> Succession {
        let before = texts(&PUMP);
        let mut after = before;
        changes.iter().for_each(|&(field, text)| after[field as usize] = text);
        changed_meaning(&before, &after)
    }

    #[test]
    fn edits_corrections_and_moves_keep_the_meaning() {
        assert!(with(&[]).logit < -3.0);
        assert!(with(&[(Field::Serial, "060452919")]).logit < -3.0, "another notation");
        assert!(with(&[(Field::Serial, "0604592-19")]).logit < 0.0, "a slip put right");
        assert!(with(&[(Field::Location, "P97-PKG-L01-S010")]).logit < -3.0, "a move");
        assert!(with(&[(Field::Description, "transfer pump B")]).logit < -3.0);
    }

    #[test]
    fn another_serial_is_another_unit() {
        let swap = with(&[(Field::Serial, "0604777-24"), (Field::InstallDate, "2024-02-01")]);
        assert!(swap.probability() > 0.99);
        assert!(swap.reasons.iter().any(|reason| reason.what == "serial" && reason.logit > 0.0));
        assert!(
            with(&[(Field::Serial, "0604530-19")]).logit > 0.0,
            "the next one from the same delivery"
        );
    }

    #[test]
    fn a_record_typed_anew_with_another_date_is_another_unit() {
        let swap = with(&[
            (Field::Serial, ""),
            (Field::Description, "pump"),
            (Field::Manufacturer, "SULZER AG"),
            (Field::InstallDate, "2024-02-01"),
        ]);
        assert!(swap.logit > 0.0, "{swap:?}");
    }
}
