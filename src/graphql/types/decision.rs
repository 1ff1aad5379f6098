//! `Decision`: what was decided about identity, by whom, and why.

use std::sync::Arc;

use async_graphql::dynamic::{FieldValue, ResolverContext, Type};

use super::page::{self, Item, Page};
use super::record_ref::RecordAt;
use super::stream::StreamAt;
use super::twin;
use crate::domain::curation::{Conflict, DecisionId, DecisionKind, Subject};
use crate::engine::Decision;
use crate::graphql::build::{
    Later, enumeration, field, item, json, many, moment, object, one, scalar, text, text_field,
};
use crate::graphql::refusal::refused;
use crate::graphql::scope::{Reader, reader};
use crate::graphql::world::World;

/// A decision, and how it is read.
#[derive(Clone)]
pub struct DecisionAt {
    decision: Arc<Decision>,
    at: Arc<Reader>,
}

struct SubjectAt(Subject, Arc<Reader>);

const KINDS: &[(&str, &str)] = &[
    ("LINK", "An id means a twin."),
    ("UNLINK", "An id means nothing."),
    ("BIND", "A stream measures a property."),
    ("UNBIND", "A stream measures nothing."),
    ("SWAP", "A device replaces another."),
    ("MERGE", "Two twins are one."),
    ("SPLIT", "One twin is two."),
    ("JUDGE_SAME", "Two records describe the same thing."),
    ("JUDGE_DIFFERENT", "Two records describe different things."),
    ("WITHDRAW", "A verdict holds no more."),
    ("APPROVE", "A doubtful pair is the same thing."),
    ("REJECT", "A doubtful pair is two things."),
    ("UNDO", "A decision is taken back."),
];

fn word(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::Link => "LINK",
        DecisionKind::Unlink => "UNLINK",
        DecisionKind::Bind => "BIND",
        DecisionKind::Unbind => "UNBIND",
        DecisionKind::Swap => "SWAP",
        DecisionKind::Merge => "MERGE",
        DecisionKind::Split => "SPLIT",
        DecisionKind::JudgeSame => "JUDGE_SAME",
        DecisionKind::JudgeDifferent => "JUDGE_DIFFERENT",
        DecisionKind::Withdraw => "WITHDRAW",
        DecisionKind::Approve => "APPROVE",
        DecisionKind::Reject => "REJECT",
        DecisionKind::Undo => "UNDO",
    }
}

/// The types.
pub fn types() -> Vec<Type> {
    let kind = enumeration("DecisionKind", "What was decided.", KINDS);
    let mut types = vec![kind.into(), decision(), subject(), conflict()];
    let node = |decision: &DecisionAt| FieldValue::owned_any(decision.clone());
    let description = "A page of decisions, the last one first.";
    types.extend(page::connection("Decision", description, node));
    types
}

fn decision() -> Type {
    let fields = vec![
        field::<DecisionAt, _>("id", "ID!", |d, _| text(d.decision.id.to_string()))
            .description("Its entry in the log, a dot, and its number there: what `undo` takes."),
        field::<DecisionAt, _>("position", "LogPosition!", |d, _| {
            text(d.decision.id.position.to_string())
        }),
        field::<DecisionAt, _>("recordedAt", "DateTime!", |d, _| moment(d.decision.recorded_at)),
        text_field::<DecisionAt>("actor", "String!", |d| &d.decision.actor)
            .description("Who decided."),
        field::<DecisionAt, _>("kind", "DecisionKind!", |d, _| item(word(d.decision.decided.kind))),
        text_field::<DecisionAt>("reason", "String!", |d| &d.decision.decided.reason),
        field::<DecisionAt, _>("subjects", "[DecisionSubject!]!", |d, _| {
            let all = d.decision.decided.subjects.iter().cloned();
            many(all.map(|subject| SubjectAt(subject, d.at.clone())))
        })
        .description("What it is about."),
        field::<DecisionAt, _>("conflicts", "[MergeConflict!]!", |d, _| {
            many(d.decision.decided.conflicts.iter().cloned())
        }),
        field::<DecisionAt, _>("undoneBy", "LogPosition", |d, _| {
            let id = d.decision.id;
            let by =
                d.at.view(|view| view.state.curations.undone(id, view.scope.known).map(|u| u.1));
            by.map_or(Ok(None), |by| text(by.to_string()))
        })
        .description("The entry that took it back; null while it stands."),
    ];
    object("Decision", "What was decided about identity. It is kept for ever.", fields).into()
}

fn subject() -> Type {
    let fields = vec![
        field::<SubjectAt, _>("twinId", "ID", |s, _| match &s.0 {
            Subject::Twin(twin) => text(twin.to_string()),
            _ => Ok(None),
        }),
        field::<SubjectAt, _>("twin", "Twin", |s, _| match &s.0 {
            Subject::Twin(twin) => twin::optional(&s.1, Some(s.1.view(|view| view.current(*twin)))),
            _ => Ok(None),
        })
        .description("The twin, or the one that it was merged into."),
        field::<SubjectAt, _>("record", "RecordRef", |s, _| match &s.0 {
            Subject::Id(key) => one(RecordAt { key: key.clone(), at: s.1.clone() }),
            _ => Ok(None),
        })
        .description("An id, with what it leads to."),
        field::<SubjectAt, _>("stream", "Stream", |s, _| match &s.0 {
            Subject::Stream(key) => {
                let known = s.1.scope.known;
                let id = s.1.view(|view| view.state.streams.find_known(key.as_ref(), known));
                id.map_or(Ok(None), |id| one(StreamAt { id, at: s.1.clone() }))
            }
            _ => Ok(None),
        }),
        field::<SubjectAt, _>("taskId", "ID", |s, _| match &s.0 {
            Subject::Task(task) => text(task.to_string()),
            _ => Ok(None),
        }),
        field::<SubjectAt, _>("decisionId", "ID", |s, _| match &s.0 {
            Subject::Decision(decision) => text(decision.to_string()),
            _ => Ok(None),
        }),
    ];
    let description = "What a decision is about: one of these.";
    object("DecisionSubject", description, fields).into()
}

fn conflict() -> Type {
    let fields = vec![
        text_field::<Conflict>("path", "String!", |c| &c.path)
            .description("The property, or the relationship."),
        field::<Conflict, _>("validFrom", "DateTime", |c, _| moment(c.valid.from)),
        field::<Conflict, _>("validTo", "DateTime", |c, _| moment(c.valid.to)),
        field::<Conflict, _>("kept", "JSON", |c, _| scalar(json(&c.kept)?)),
        field::<Conflict, _>("lost", "JSON", |c, _| scalar(json(&c.lost)?)),
    ];
    let description = "What both twins of a merge stated differently; the kept twin's word stands.";
    object("MergeConflict", description, fields).into()
}

/// A page of decisions, the last one first.
pub fn page(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let at = reader(&ctx).await?;
        let limit = page::first(&ctx, &ctx.data::<Arc<World>>()?.bounds)?;
        let before = page::after(&ctx)?.map(|cursor| cursor.parse::<DecisionId>());
        let before = before.transpose().map_err(|_| page::not_ours())?;
        let found = at.engine.decisions(at.scope.known, before, limit + 1).await;
        let found = found.map_err(refused)?.into_iter().map(|decision| Item {
            cursor: decision.id.to_string(),
            node: DecisionAt { decision: Arc::new(decision), at: at.clone() },
        });
        one(Page::new(found.collect(), limit, None))
    })
}
