//! The least value.

use super::claim::Claim;
use super::measure::Measure;

/// The value itself: the least number, or the first text or date.
///
/// Of two dates of installation, the earlier one.
pub fn measure<'a>(claim: &Claim<'a>) -> Measure<'a> {
    Measure::Least(claim.values.clone())
}
