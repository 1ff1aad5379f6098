//! What a matching run is told: fields, blocking rules, comparisons, rules, thresholds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The declaration of a matching run. Readable from TOML; unknown keys are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// A name for reports.
    #[serde(default)]
    pub name: String,
    /// Which pairs may be linked at all.
    #[serde(default)]
    pub link: LinkType,
    /// The fields of a record, as matching sees them.
    #[serde(rename = "field")]
    pub fields: Vec<FieldSettings>,
    /// Which pairs are looked at: those that share a key of any of these.
    #[serde(rename = "block")]
    pub blocks: Vec<BlockSettings>,
    /// What is compared, and in which steps of agreement.
    #[serde(rename = "compare")]
    pub comparisons: Vec<CompareSettings>,
    /// Deterministic rules in the order of their priority.
    #[serde(rename = "rule", default)]
    pub rules: Vec<RuleSettings>,
    /// From which probability pairs are linked, or put before a person.
    #[serde(default)]
    pub thresholds: Thresholds,
    /// How likely two random records are to match, before anything is compared.
    #[serde(default)]
    pub prior: PriorSettings,
    /// How weights are learnt.
    #[serde(default)]
    pub estimate: EstimateSettings,
    /// How linked pairs become clusters.
    #[serde(default)]
    pub cluster: ClusterSettings,
    /// Whether pairs are told what the clusters say: inside a cluster they are linked, others are not.
    #[serde(default)]
    pub settle: bool,
}

/// Which pairs may be linked at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkType {
    /// Any two records, inside a source and across sources.
    #[default]
    Both,
    /// Only records of one source with each other.
    Dedupe,
    /// Only records of different sources.
    Link,
}

/// One field of a record: where it comes from, and how it is normalised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FieldSettings {
    /// The name that blocking rules and comparisons use.
    pub name: String,
    /// The raw columns that it is made of, in this order; none: the column of the same name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// Names of normalisers, applied one after the other to the columns (joined by a unit
    /// separator, U+001F, when there are several).
    #[serde(default)]
    pub normalise: Vec<String>,
}

/// A blocking rule: two records are compared when they agree on all keys of one rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BlockSettings {
    /// The keys that have to agree.
    pub keys: Vec<KeySettings>,
    /// Blocks with more records than this are skipped and counted in the report.
    #[serde(default = "block_records_max")]
    pub max_block: usize,
    /// Whether its pairs teach the weights (m) of what it does not block on.
    #[serde(default = "yes")]
    pub train: bool,
}

/// A key of a blocking rule or of a deterministic rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct KeySettings {
    /// The field that it is made of.
    pub field: String,
    /// What of the field.
    #[serde(rename = "as", default)]
    pub kind: KeyKind,
    /// More fields, for a custom key that looks at several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
}

/// What of a field is the key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyKind {
    /// The whole value.
    #[default]
    Value,
    /// Its first characters.
    Prefix(usize),
    /// Its last characters.
    Suffix(usize),
    /// Its characters from (the first is 0), and how many.
    Slice(usize, usize),
    /// American Soundex of its letters.
    Soundex,
    /// Its characters in alphabetical order, so that transpositions agree.
    Sorted,
    /// Each of its words.
    Token,
    /// Each of its sequences of so many characters.
    Qgram(usize),
    /// Each value with one character left out, and the value itself: all values within one
    /// insertion, deletion or substitution share a key.
    Deletion,
    /// Each of the first n segments of a path (`a/b/c`): `Segments(2)` is `a/b`.
    Segments(usize),
    /// The name of a key that a preset registered.
    Custom(String),
}

/// A comparison: levels from the most to the least agreement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CompareSettings {
    /// A name for explanations.
    pub name: String,
    /// The fields that it looks at.
    pub fields: Vec<String>,
    /// The name of a comparison that a preset registered; none: the tests of the levels decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<String>,
    /// The levels. "Missing" comes before the first and "else" after the last by themselves.
    pub levels: Vec<LevelSettings>,
    /// How strongly the frequency of the agreed value counts: 0 not at all, 1 in full.
    #[serde(default)]
    pub term_frequency: f64,
    /// Frequencies below this count as this, so that a unique typing error is no proof.
    #[serde(default = "frequency_min")]
    pub term_frequency_min: f64,
    /// A fixed weight in bits for "else", instead of a learnt one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub else_weight: Option<f64>,
    /// Comparisons that measure nearly the same: of a group, only the strongest evidence counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// One level of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LevelSettings {
    /// A name for explanations; none: made from the test.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// When a pair is at this level (and at none before it). A custom comparison decides itself.
    #[serde(default)]
    pub test: Test,
    /// A fixed weight in bits (log2 of m/u), for what must not be learnt: proofs and contradictions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// Whether the frequency of the value adjusts the weight here (only where both agree on a value).
    #[serde(default)]
    pub term_frequency: bool,
}

/// When two values are at a level. Distances and similarities are of normalised values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Test {
    /// The same value.
    #[default]
    Exact,
    /// Jaro-Winkler similarity of at least this, 0 to 1.
    JaroWinkler(f64),
    /// At most so many insertions, deletions and substitutions.
    Levenshtein(usize),
    /// At most so many insertions, deletions, substitutions and swaps of neighbours.
    Damerau(usize),
    /// The two differ by at most this share of the longer one's characters (Damerau).
    Relative(f64),
    /// Words in common to words in both, at least this, 0 to 1.
    Jaccard(f64),
    /// Words in common to words of the shorter, at least this, 0 to 1.
    Containment(f64),
    /// At least so many words in common.
    Overlap(usize),
    /// As Jaccard, but rare words count more (inverse frequency).
    WeightedJaccard(f64),
    /// The same words in another order.
    SameWords,
    /// One is the beginning of the other (at least so many characters).
    Prefix(usize),
    /// At least so many first segments of a path in common.
    PathPrefix(usize),
    /// Numbers that differ by at most this.
    Number(f64),
    /// Numbers that differ by at most this share of the greater.
    NumberRatio(f64),
    /// Dates (`YYYY-MM-DD`) that differ by at most so many days.
    Days(u32),
    /// Dates that agree in all but one of year, month, day, or with day and month swapped.
    DatePart,
    /// Equal soundex.
    Soundex,
    /// One is the initial of the other.
    Initial,
    /// Two fields: each of the one record is the other of the other.
    Swapped,
    /// As swapped, with a Jaro-Winkler similarity of at least this, 0 to 1.
    SwappedAlike(f64),
}

/// A deterministic rule: an identifier entry. All keys present and equal: it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RuleSettings {
    /// A name for explanations.
    pub name: String,
    /// What has to be equal.
    pub keys: Vec<KeySettings>,
    /// Comparisons that may not be at "else" (a contradiction overrules the rule).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<String>,
    /// What follows.
    #[serde(default)]
    pub effect: RuleEffect,
}

/// What follows from a deterministic rule that holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleEffect {
    /// Nothing for this pair; the rule tells how frequent matches are (the prior).
    #[default]
    Prior,
    /// The pair is linked, whatever else says.
    Link,
    /// The pair is never linked.
    Refuse,
}

/// From which probability on something happens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Thresholds {
    /// Pairs are linked.
    pub link: f64,
    /// Pairs are put before a person.
    pub review: f64,
    /// Pairs are kept in the answer at all.
    pub keep: f64,
}

/// How likely two random records are to match.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct PriorSettings {
    /// A fixed probability; none: estimated.
    pub fixed: Option<f64>,
    /// Which share of the matches the deterministic rules are thought to find; this gives the start.
    pub rules_find: f64,
    /// Whether the expected number of matches among all compared pairs replaces the start.
    pub refine: bool,
}

/// How weights are learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct EstimateSettings {
    /// How many random pairs teach u.
    pub random_pairs: usize,
    /// How many pairs of each blocking rule teach m.
    pub pairs_per_rule: usize,
    /// Rounds of expectation and maximisation at most.
    pub rounds_max: usize,
    /// Stop when no m moves more than this.
    pub tolerance: f64,
    /// Whether a higher level of agreement must weigh at least as much as a lower one.
    pub monotone: bool,
    /// The seed of the sampling.
    pub seed: u64,
    /// Weights that are known: comparison, then level name, then (m, u).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub known: BTreeMap<String, BTreeMap<String, (f64, f64)>>,
}

/// How linked pairs become clusters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClusterSettings {
    /// All that hangs together by pairs at or above the link threshold.
    #[default]
    Components,
    /// The most alike clusters join first, as long as their records on average are linked.
    AverageLink,
    /// Each record joins the record that it fits best.
    BestLink,
    /// At most one record of each source in a cluster, the best pairs first.
    OneToOne,
    /// A clustering that a preset registered.
    Custom(String),
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { link: 0.5, review: 0.3, keep: 0.001 }
    }
}

impl Default for PriorSettings {
    fn default() -> Self {
        Self { fixed: None, rules_find: 0.7, refine: true }
    }
}

impl Default for EstimateSettings {
    fn default() -> Self {
        Self {
            random_pairs: 500_000,
            pairs_per_rule: 100_000,
            rounds_max: 100,
            tolerance: 1e-4,
            monotone: true,
            seed: 1,
            known: BTreeMap::new(),
        }
    }
}

fn block_records_max() -> usize {
    500
}

fn frequency_min() -> f64 {
    1e-6
}

fn yes() -> bool {
    true
}
