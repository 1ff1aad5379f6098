//! All that is said of one property, in order of merit, and why the first is first.

use super::value::Golden;
use crate::domain::id::TwinId;
use crate::domain::reconcile::survive::{Claim, Group, Measure, Reason, Rule};
use crate::domain::time::Timestamp;

/// All that is said of one property.
#[derive(Debug, Clone)]
pub struct Provenance<'a> {
    /// The twin.
    pub twin: TwinId,
    /// The property.
    pub path: &'a str,
    /// The group that it survives with.
    pub group: Option<&'a Group>,
    /// The rules that chose, in turn.
    pub rules: &'a [Rule],
    /// What may be the value, best first; a steward's override before all. Claims of a group hold its other
    /// properties too, and perhaps not this one.
    pub claims: Vec<Claim<'a>>,
    /// Why the first is first; `None` when there is none.
    pub reason: Option<Reason>,
    /// What the twin's model does not allow: claims with this one value.
    pub misfits: Vec<Claim<'a>>,
}

impl<'a> Provenance<'a> {
    /// The claim whose value the property has.
    ///
    /// That is the first, unless it leaves this property of a group out: then the best that contradicts it in
    /// nothing, so that a group never mixes what does not belong together.
    pub fn survivor(&self) -> Option<&Claim<'a>> {
        let first = self.claims.first()?;
        let says = |claim: &&Claim<'a>| claim.value_of(self.path).is_some();
        self.claims.iter().filter(says).find(|claim| !contradict(first, claim))
    }

    /// The value.
    pub fn golden(&self) -> Option<Golden<'a>> {
        let claim = self.survivor()?;
        let (_, value) = claim.value_of(self.path)?;
        Some(Golden::claimed(value, claim))
    }

    /// What the rules make of a claim among those of all sources.
    pub fn measures(&self, claim: &Claim<'a>, moment: Timestamp) -> Vec<(Rule, Measure<'a>)> {
        let sources = self.claims.iter().filter(|claim| !claim.is_override());
        let sources: Vec<Claim<'a>> = sources.cloned().collect();
        self.rules.iter().map(|rule| (*rule, rule.measure(claim, &sources, moment))).collect()
    }

    /// Whether sources state different values, whatever a steward says; not where they only write the same differently.
    pub fn disagree(&self) -> bool {
        let sources = self.claims.iter().filter(|claim| !claim.is_override());
        let mut values = sources.filter_map(|claim| Some((claim, claim.value_of(self.path)?.1)));
        let first = values.next();
        first.is_some_and(|(claim, first)| {
            values.any(|(other, value)| !claim.says_the_same(first, (other, value)))
        })
    }

    /// Whether a steward has decided: then nobody needs to be asked again.
    pub fn is_settled(&self) -> bool {
        self.claims.first().is_some_and(Claim::is_override)
    }

    /// Whether somebody should look at it: sources disagree, or say what the model does not allow.
    pub fn is_disputed(&self) -> bool {
        self.disagree() || !self.misfits.is_empty()
    }
}

/// Whether two claims state different values of one property.
fn contradict(a: &Claim<'_>, b: &Claim<'_>) -> bool {
    a.values.iter().any(|(path, value)| {
        b.value_of(path).is_some_and(|(_, other)| !a.says_the_same(value, (b, other)))
    })
}
