//! The source that is trusted most.

use super::claim::Claim;
use super::measure::Measure;
use crate::domain::time::Timestamp;

/// The trust in the source for the property, as it has worn off by `moment`; of several properties, the least.
///
/// `erp` of authority 0.9 goes before `cmms` of 0.6, until its record is so old that less is left.
pub fn measure<'a>(claim: &Claim<'a>, moment: Timestamp) -> Measure<'a> {
    let trusts = claim.values.iter().map(|(path, _)| claim.trust.of(path, claim.stated, moment));
    Measure::Trust(trusts.min_by(f64::total_cmp).unwrap_or_default())
}
