//! Record linkage: which source records mean the same thing, why, and how sure that is.
//!
//! Fellegi-Sunter without labels. [`Settings`] declare fields, blocking rules, comparisons and
//! deterministic rules; [`Plan`] compiles them; [`Table`] holds the normalised records;
//! [`deduplicate`] runs the whole journey (block, estimate, score, cluster) and [`Index`] matches
//! one new record against all that are there.
//!
//! Nothing here depends on thread timing or on hash seeds: the same records in the same order
//! give the same answer.

pub mod asset;
mod block;
mod cluster;
mod compare;
mod dedupe;
mod dictionary;
mod error;
mod estimate;
mod explain;
mod index;
mod key;
mod model;
pub mod normalise;
mod pattern;
mod plan;
pub mod preset;
mod profile;
mod registry;
mod rule;
mod scorer;
mod settings;
mod settle;
mod structure;
pub mod succession;
pub mod survive;
mod table;
mod weigh;

pub use block::{BlockReport, Blocks, Task};
pub use cluster::{AverageLink, BestLink, Cluster, Clusters, Components, OneToOne};
pub use compare::{Compare, FieldComparison, NULL};
pub use dedupe::{Found, Phase, Progress, Quiet, Scored, ScoredPair, deduplicate};
pub use dictionary::Dictionary;
pub use error::SettingsError;
pub use estimate::{Estimate, estimate};
pub use explain::{Explanation, Step, explain};
pub use index::{Candidate, Index};
pub use key::{Key, hash_of};
pub use model::Model;
pub use pattern::{Pattern, PatternLayout};
pub use plan::{Comparison, Plan};
pub use registry::{CompareFactory, KeyFactory, Normaliser, Registry};
pub use rule::{RuleOutcome, Verdict};
pub use settings::{
    BlockSettings, ClusterSettings, CompareSettings, EstimateSettings, FieldSettings, KeyKind,
    KeySettings, LevelSettings, LinkType, PriorSettings, RuleEffect, RuleSettings, Settings, Test,
    Thresholds,
};
pub use structure::Structure;
pub use table::{NONE, RawRecord, SEPARATOR, Table};
pub use weigh::{Weights, probability};
