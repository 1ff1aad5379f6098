//! The list of rules.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::claim::Claim;
use super::measure::Measure;
use super::{authority, greatest, least, longest, most_complete, most_frequent, most_recent};
use crate::domain::time::Timestamp;

/// What makes one claim better than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Rule {
    /// The source that is trusted most for the property, as its trust has worn off.
    Authority,
    /// The source that spoke last.
    MostRecent,
    /// The source that says most.
    MostComplete,
    /// The longest value.
    Longest,
    /// The value that most sources state.
    MostFrequent,
    /// The least value.
    Min,
    /// The greatest value.
    Max,
}

impl Rule {
    /// Its name, as configuration and answers write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::MostRecent => "mostRecent",
            Self::MostComplete => "mostComplete",
            Self::Longest => "longest",
            Self::MostFrequent => "mostFrequent",
            Self::Min => "min",
            Self::Max => "max",
        }
    }

    /// What it makes of a claim among `all`, at `moment`.
    pub fn measure<'a>(
        self,
        claim: &Claim<'a>,
        all: &[Claim<'a>],
        moment: Timestamp,
    ) -> Measure<'a> {
        match self {
            Self::Authority => authority::measure(claim, moment),
            Self::MostRecent => most_recent::measure(claim),
            Self::MostComplete => most_complete::measure(claim),
            Self::Longest => longest::measure(claim),
            Self::MostFrequent => most_frequent::measure(claim, all),
            Self::Min => least::measure(claim),
            Self::Max => greatest::measure(claim),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
