//! When records are linked without asking, and when a person is asked.

use serde::{Deserialize, Serialize};

use crate::curation::Thresholds;

/// Matching of records to twins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Matching {
    /// From this probability on, records are linked without asking.
    pub link: f64,
    /// From this probability on, and below `link`, a doubtful pair goes to the review queue.
    pub review: f64,
}

impl Default for Matching {
    fn default() -> Self {
        let Thresholds { link, review } = Thresholds::default();
        Self { link, review }
    }
}

impl Matching {
    /// What is wrong with it, if anything.
    pub(super) fn problem(&self) -> Option<String> {
        let fits = |p: f64| (0.0..=1.0).contains(&p);
        (!fits(self.link) || !fits(self.review) || self.review > self.link).then(|| {
            format!(
                "matching.link is {} and matching.review is {}; both are probabilities from 0 to 1, and `review` is \
                 not above `link`",
                self.link, self.review
            )
        })
    }

    /// The thresholds.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds { link: self.link, review: self.review }
    }
}
