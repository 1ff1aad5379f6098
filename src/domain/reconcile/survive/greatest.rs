//! The greatest value.

use super::claim::Claim;
use super::measure::Measure;

/// The value itself: the greatest number, or the last text or date.
///
/// Of two dates of calibration, the later one.
pub fn measure<'a>(claim: &Claim<'a>) -> Measure<'a> {
    Measure::Greatest(claim.values.clone())
}
