//! Ids that records of two twins claim: serial numbers, MACs and the like that belong to one thing only.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::domain::fact::SourceRecord;
use crate::domain::reconcile::normalise::asset::{mac, serial};

/// A field of a record's identity that at most one thing can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimedField {
    /// The maker's number of the thing.
    Serial,
    /// The hardware address of its network card.
    Mac,
    /// A universally unique id.
    Uuid,
    /// What it calls itself at the broker.
    ClientId,
    /// What another system calls it.
    CrossReference,
}

/// Fewest characters by which a value can tell two things apart.
const CHARACTERS_MIN: usize = 4;

impl ClaimedField {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Serial, Self::Mac, Self::Uuid, Self::ClientId, Self::CrossReference];

    /// Its name in the vocabulary of identity fields.
    pub fn name(self) -> &'static str {
        match self {
            Self::Serial => "serial",
            Self::Mac => "mac",
            Self::Uuid => "uuid",
            Self::ClientId => "client_id",
            Self::CrossReference => "xref",
        }
    }

    /// What a record claims, as far as it is worth comparing: as matching reads it, and `None` for
    /// what cannot tell things apart, such as `N/A` or `0000`.
    pub fn value(self, record: &SourceRecord) -> Option<String> {
        let text = record.identity.get(self.name())?;
        match self {
            Self::Mac => mac::parse(text).map(|bits| format!("{bits:012X}")),
            Self::Serial => serial::canonical(text).map(|serial| serial::folded(&serial)),
            // Ids of systems and brokers may be of letters alone.
            Self::Uuid | Self::ClientId | Self::CrossReference => {
                let id = folded(text);
                let tells = id.len() >= CHARACTERS_MIN && !repeats(&id) && !serial::means_none(&id);
                tells.then_some(id)
            }
        }
    }
}

/// 64 bits for each id that a record claims: what differs in them differs, what agrees is worth a look.
pub fn fingerprints(record: &SourceRecord) -> impl Iterator<Item = (ClaimedField, u64)> {
    ClaimedField::ALL.into_iter().filter_map(|field| {
        let mut hasher = DefaultHasher::new();
        (field, field.value(record)?).hash(&mut hasher);
        Some((field, hasher.finish()))
    })
}

/// Whether two records that claim one id can mean one thing: makers number their things each for themselves, so a serial
/// of two makers is two serials.
pub fn same_thing(field: ClaimedField, a: &SourceRecord, b: &SourceRecord) -> bool {
    let value = field.value(a);
    if value.is_none() || value != field.value(b) {
        return false;
    }
    let maker = |record: &SourceRecord| {
        let text = record.identity.get("manufacturer").map(|text| folded(text));
        text.filter(|text| !text.is_empty())
    };
    match (field, maker(a), maker(b)) {
        // `SIEMENS` and `Siemens AG` are one maker.
        (ClaimedField::Serial, Some(a), Some(b)) => a.starts_with(&b) || b.starts_with(&a),
        _ => true,
    }
}

fn folded(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_uppercase).collect()
}

/// Whether it is one character, again and again.
fn repeats(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    characters.all(|c| Some(c) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(fields: &[(&str, &str)]) -> SourceRecord {
        let identity = fields.iter().map(|(name, text)| ((*name).into(), (*text).into()));
        SourceRecord { identity: identity.collect(), ..SourceRecord::default() }
    }

    #[test]
    fn what_is_written_differently_is_compared_and_what_says_nothing_is_not() {
        for (field, text, value) in [
            (ClaimedField::Serial, "44710-07", Some("4471007")),
            (ClaimedField::Serial, "N/A", None),
            (ClaimedField::Serial, "0000-0000", None),
            (ClaimedField::Serial, "unknown", None),
            (ClaimedField::Serial, "see nameplate", None),
            (ClaimedField::Serial, "S/N 44710-O7", Some("4471007")),
            (ClaimedField::Mac, "00:1b:44:11:3A:b7", Some("001B44113AB7")),
            (ClaimedField::Mac, "FF-FF-FF-FF-FF-FF", None),
            (ClaimedField::Mac, "00:1b:44", None),
            (ClaimedField::CrossReference, "EQ-17", Some("EQ17")),
        ] {
            assert_eq!(field.value(&record(&[(field.name(), text)])).as_deref(), value, "{text}");
        }
    }

    #[test]
    fn a_serial_of_two_makers_is_two_serials() {
        let of = |maker: &str| record(&[("serial", "10-447"), ("manufacturer", maker)]);
        let same = |a: &str, b: &str| same_thing(ClaimedField::Serial, &of(a), &of(b));
        assert!(same("Siemens", "SIEMENS AG") && same("", "KSB"));
        assert!(!same("KSB", "Grundfos"));
    }
}
