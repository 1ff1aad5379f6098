//! What has been learnt: m and u for each level of each comparison, and the prior.

use serde::{Deserialize, Serialize};

use super::plan::Plan;

/// The learnt parameters. Can be kept and used again, so that decisions do not move by themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Model {
    /// The probability that two random records match.
    pub prior: f64,
    /// The comparisons in the order of the settings.
    pub comparisons: Vec<Learnt>,
}

/// What has been learnt about one comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Learnt {
    /// The comparison's name.
    pub name: String,
    /// The share of each level among matches whose values are both there, "else" last.
    pub m: Vec<f64>,
    /// The same among non-matches.
    pub u: Vec<f64>,
    /// Whether m was learnt from pairs (and not assumed).
    pub learnt: bool,
}

impl Model {
    /// Whether the model has the comparisons and levels of the plan.
    pub fn fits(&self, plan: &Plan) -> bool {
        let declared = plan.comparisons().iter().map(|c| &c.settings);
        self.comparisons.len() == plan.comparisons().len()
            && self.comparisons.iter().zip(declared).all(|(learnt, declared)| {
                learnt.name == declared.name
                    && learnt.m.len() == declared.levels.len() + 1
                    && learnt.u.len() == declared.levels.len() + 1
            })
    }
}
