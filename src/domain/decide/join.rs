//! A record and another, or a twin, are found to be one thing: what makes them one twin.

use std::sync::Arc;

use super::check::{self, KNOWN};
use super::context::Context;
use super::merge_twins::{self, Apart};
use super::{apart, tasks};
use crate::domain::change::Change;
use crate::domain::command::TwinRef;
use crate::domain::curation::{Candidate, Conflict, Pair};
use crate::domain::fact::{Existence, Link};
use crate::domain::id::{ExternalId, TwinId};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Interval;
use crate::dtdl::Dtmi;

/// Two sides that are one thing.
pub struct Join<'a> {
    /// What is so.
    pub state: &'a State,
    /// A record.
    pub record: &'a ExternalId,
    /// What it is the same as.
    pub candidate: &'a Candidate,
    /// When the two were found to be one: what they mean then is what becomes one.
    pub within: Interval,
    /// The part of it for which a record that means nothing is linked.
    pub valid: Interval,
    /// Why.
    pub reason: &'a Arc<str>,
    /// A pair that is judged anew: what was decided of it before is not in the way.
    pub anew: Option<&'a Pair>,
}

/// What makes two sides one.
#[derive(Default)]
pub struct Joined {
    /// The changes, without a mark.
    pub changes: Vec<Change>,
    /// Values of which one goes under.
    pub conflicts: Vec<Conflict>,
}

impl Join<'_> {
    /// A link of the side that means nothing, or a merge of both twins; nothing when neither means one.
    ///
    /// A twin is one thing for all of its time. So the twins that both meant *then* are merged whole, whatever the records
    /// mean by now.
    pub fn both(&self, context: &Context<'_>) -> Result<Joined, Rejection> {
        let meant = |record| tasks::meaning(self.state, record, self.within, context.now);
        let ours = meant(self.record);
        let (theirs, other) = match self.candidate {
            Candidate::Twin(twin) => {
                let twin = check::existing(self.state, &TwinRef::Id(*twin), Interval::ALWAYS)?.0;
                (Some(twin), None)
            }
            Candidate::Record(other) => (meant(other), Some(other)),
        };
        let changes = match (ours, theirs) {
            (Some(ours), Some(theirs)) if ours == theirs => Vec::new(),
            (Some(ours), Some(theirs)) => return self.merged(ours, theirs, other, context),
            (None, Some(twin)) => self.linked(self.record, twin, context)?,
            (Some(twin), None) => match other {
                Some(other) => self.linked(other, twin, context)?,
                None => Vec::new(),
            },
            (None, None) => Vec::new(),
        };
        Ok(Joined { changes, conflicts: Vec::new() })
    }

    /// The same, and a new twin when neither means one.
    pub fn both_or_new(&self, context: &mut Context<'_>) -> Result<Joined, Rejection> {
        let meant = |record| tasks::meaning(self.state, record, self.within, context.now);
        match self.candidate {
            Candidate::Record(other) if meant(self.record).is_none() && meant(other).is_none() => {
                let changes = self.created([self.record, other], context)?;
                Ok(Joined { changes, conflicts: Vec::new() })
            }
            Candidate::Record(_) | Candidate::Twin(_) => self.both(context),
        }
    }

    fn merged(
        &self,
        ours: TwinId,
        theirs: TwinId,
        other: Option<&ExternalId>,
        context: &Context<'_>,
    ) -> Result<Joined, Rejection> {
        if self.valid != self.within {
            return Err(Rejection::Invalid(format!(
                "both mean twins, {ours} and {theirs}, which become one for all of their time; leave out since and until \
                 when, or link one of the ids to the other twin for that time"
            )));
        }
        if let Some(other) = other
            && self.go_on(ours, theirs, other)
        {
            return Err(Rejection::Invalid(format!(
                "`{}` and `{other}` are in question {} only, but mean {ours} and {theirs} after that too, which would \
                 become one for all of their time; link one of the ids to the other twin for that time",
                self.record, self.within
            )));
        }
        let (keep, gone) = match other {
            None => (theirs, ours),
            Some(_) => larger_first(self.state, ours, theirs),
        };
        let apart = self.anew.map_or(Apart::Stays, Apart::ButOf);
        let mut joined = Joined::default();
        for change in merge_twins::merge(self.state, keep, gone, self.reason, apart, context)? {
            match change {
                Change::Decided(mark) => joined.conflicts = mark.conflicts,
                change => joined.changes.push(change),
            }
        }
        Ok(joined)
    }

    /// Whether both records go on meaning the same twins when the time in question is over: then more would become one
    /// than was ever compared.
    fn go_on(&self, ours: TwinId, theirs: TwinId, other: &ExternalId) -> bool {
        let at = |record| {
            let link = self.state.crosswalks.at(record, self.within.to, KNOWN);
            link.map(|link| link.value.twin)
        };
        self.within.to < Interval::ALWAYS.to
            && at(self.record) == Some(ours)
            && at(other) == Some(theirs)
    }

    fn linked(
        &self,
        record: &ExternalId,
        twin: TwinId,
        context: &Context<'_>,
    ) -> Result<Vec<Change>, Rejection> {
        apart::check(self.state, record, twin, self.valid, self.anew)?;
        let held = self.state.crosswalks.timeline(record).into_iter();
        let held = held.flat_map(|t| t.overlapping(self.valid)).map(|f| f.valid);
        let open = self.valid.without_all(held).into_iter();
        Ok(open.map(|valid| self.link(record, twin, valid, context)).collect())
    }

    fn link(
        &self,
        record: &ExternalId,
        twin: TwinId,
        valid: Interval,
        context: &Context<'_>,
    ) -> Change {
        let reason = if self.reason.is_empty() { "approved".into() } else { self.reason.clone() };
        let link = Link { twin, reason, confidence: 1.0, decider: context.actor.clone() };
        Change::Linked { external: record.clone(), valid, link }
    }

    /// A twin for records that have none yet, of the model that their sources make of them.
    fn created(
        &self,
        records: [&ExternalId; 2],
        context: &mut Context<'_>,
    ) -> Result<Vec<Change>, Rejection> {
        let mut model: Option<Dtmi> = None;
        for record in records {
            let timeline = self.state.records.timeline(record);
            let said =
                timeline.and_then(|t| t.spans(KNOWN).last().and_then(|f| f.value.model.clone()));
            model = match (model, said) {
                (Some(held), Some(said)) if self.state.catalogue.is_a(&said, &held) => Some(said),
                (held, said) => held.or(said),
            };
        }
        let model = model.ok_or_else(|| {
            Rejection::Invalid(
                "neither record means a twin, and no source says what model they are; put a twin with \
                 one of these ids first"
                    .to_owned(),
            )
        })?;
        check::model(self.state, &model)?;
        let (twin, valid) = (context.new_twin(), self.valid);
        let existence = Existence { model };
        let mut changes = vec![Change::TwinAsserted { twin, valid, existence }];
        for record in records {
            changes.extend(self.linked(record, twin, context)?);
        }
        Ok(changes)
    }
}

/// The twin with more ids stays; of two alike, the older one.
fn larger_first(state: &State, one: TwinId, other: TwinId) -> (TwinId, TwinId) {
    let rank = |twin| (std::cmp::Reverse(merge_twins::links(state, twin).count()), twin);
    if rank(one) <= rank(other) { (one, other) } else { (other, one) }
}
