//! How a column of each kind is normalised and compared.

use super::super::settings::{CompareSettings, FieldSettings, LevelSettings, Test};
use super::profile::{Kind, Profile};

/// The field of a column.
pub(super) fn field(profile: &Profile) -> FieldSettings {
    let normaliser = match profile.kind {
        Kind::Date => "date",
        Kind::Code => "identifier",
        Kind::Email => "fold",
        Kind::Constant | Kind::Category | Kind::Name | Kind::Phrase | Kind::Text => "text",
    };
    let derived = profile.from.len() > 1;
    let normaliser = if derived { "rest" } else { normaliser };
    FieldSettings {
        name: profile.name.clone(),
        from: if derived { profile.from.clone() } else { Vec::new() },
        normalise: vec![normaliser.to_owned()],
    }
}

/// The comparison of a column.
pub(super) fn comparison(profile: &Profile) -> CompareSettings {
    use Test::{Damerau, DatePart, Exact, Initial, JaroWinkler, WeightedJaccard};
    let tests: &[Test] = match profile.kind {
        Kind::Constant | Kind::Category => &[Exact],
        Kind::Date => &[Exact, Damerau(1), DatePart, Damerau(2)],
        Kind::Code if profile.length >= 6.0 => &[Exact, Damerau(1), Damerau(2)],
        Kind::Code => &[Exact, Damerau(1)],
        Kind::Email => &[Exact, Damerau(2), JaroWinkler(0.88)],
        Kind::Name => &[Exact, Damerau(1), JaroWinkler(0.9), JaroWinkler(0.8), Initial],
        Kind::Phrase => {
            &[Exact, Damerau(1), Test::Relative(0.2), WeightedJaccard(0.5), WeightedJaccard(0.2)]
        }
        Kind::Text => &[Exact, WeightedJaccard(0.8), WeightedJaccard(0.5), WeightedJaccard(0.25)],
    };
    CompareSettings {
        name: profile.name.clone(),
        fields: vec![profile.name.clone()],
        custom: None,
        levels: tests.iter().map(|&test| level(test)).collect(),
        term_frequency: 1.0,
        term_frequency_min: 1e-5,
        else_weight: None,
        group: None,
    }
}

/// A level without a name of its own.
pub(super) fn level(test: Test) -> LevelSettings {
    LevelSettings { name: String::new(), test, weight: None, term_frequency: false }
}
