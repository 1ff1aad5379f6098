//! The value that most sources state.

use super::claim::Claim;
use super::measure::Measure;

/// How many of the claims say the same, with itself.
///
/// `Grundfos`, `GRUNDFOS` and `Wilo`: `Grundfos` has two votes.
pub fn measure<'a>(claim: &Claim<'a>, all: &[Claim<'a>]) -> Measure<'a> {
    Measure::Count(all.iter().filter(|other| agrees(claim, other)).count())
}

/// Whether two claims say the same of the same properties.
pub fn agrees(a: &Claim<'_>, b: &Claim<'_>) -> bool {
    let mut pairs = a.values.iter().zip(&b.values);
    a.values.len() == b.values.len()
        && pairs.all(|((path, x), (other, y))| path == other && a.says_the_same(x, (b, y)))
}
