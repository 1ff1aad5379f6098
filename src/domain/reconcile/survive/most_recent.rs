//! The source that spoke last.

use super::claim::Claim;
use super::measure::Measure;

/// When the source last touched what it says; what has no date goes last.
///
/// A record that the source touched in March goes before one of January.
pub fn measure<'a>(claim: &Claim<'a>) -> Measure<'a> {
    Measure::Moment(claim.stated)
}
