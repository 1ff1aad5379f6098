//! `mergeTwins`, `splitTwin`, `judge`, `withdrawVerdict`, `approveTask`, `rejectTask` and `undo`.

use std::sync::Arc;

use async_graphql::Result;
use async_graphql::dynamic::{Field, ResolverContext, Type};

use super::bindings::stream_key;
use super::common::{
    command_field, dry_run, external_id, interval, model, shared_text, submit, timed_input, twin,
    world,
};
use crate::domain::command::Command;
use crate::domain::curation::{
    ApproveTask, DecisionId, Judge, Judgement, MergeTwins, Pair, RejectTask, SplitInto, SplitTwin,
    Withdraw,
};
use crate::domain::id::{ExternalId, Position, RelationshipId, StreamKey, TaskId, TwinId};
use crate::domain::time::{Interval, Timestamp};
use crate::graphql::args::{self, Fields, wrong};
use crate::graphql::build::{Arg, Later, input, input_object, slow_field};
use crate::graphql::refusal::refused;
use crate::graphql::types::payload::About;
use crate::graphql::world::World;

/// The mutations.
pub fn fields() -> Vec<Field> {
    let decision = |name: &str, description: &str, read| {
        let input = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
        command_field(name, "DecisionPayload", &input, description, read)
    };
    vec![
        decision(
            "mergeTwins",
            "States that two twins are one: ids, streams, relationships and values of the one go over \
             to the other for all of their time, and its id leads there.",
            merge,
        ),
        decision(
            "splitTwin",
            "States that one twin is two: some of its ids, with the streams of these devices, go over \
             to a new twin, to another one, or to one that was merged into it.",
            split,
        ),
        decision("judge", "States whether two records describe the same thing. Those that do come to mean one twin.", judge),
        decision("withdrawVerdict", "States that a verdict holds no more.", withdraw),
        decision(
            "approveTask",
            "Decides that a doubtful pair is the same thing: a verdict, with the link or merge that \
             follows.",
            approve,
        ),
        decision("rejectTask", "Decides that a doubtful pair is two things.", reject),
        dry_run(slow_field("undo", "DecisionPayload!", undo))
            .argument(input("input", "UndoInput!", ""))
            .description(
                "Takes a decision back, wherever nothing later builds on it. Undoing an undo does it again.",
            ),
    ]
}

const REASON: Arg = ("reason", "String", "Why.");
const FIRST: Arg = ("first", "ExternalIdInput!", "The key of a record.");
const SECOND: Arg = ("second", "ExternalIdInput!", "The key of another record.");
const TASK: Arg = ("task", "ID!", "The task.");

/// Their input types.
pub fn inputs() -> Vec<Type> {
    let merge = input_object(
        "MergeTwinsInput",
        "Two twins that are one.",
        &[
            (
                "keep",
                "TwinRefInput!",
                "The twin that stays; its word stands where both state something.",
            ),
            ("gone", "TwinRefInput!", "The twin that is the other one."),
            REASON,
            (
                "replace",
                "Boolean",
                "Withdraw verdicts that keep the two apart; without this, they are in the way.",
            ),
        ],
    );
    let split = timed_input(
        "SplitTwinInput",
        "A twin that is two. It has always been, unless `validFrom` says otherwise.",
        &[
            ("twin", "TwinRefInput!", "The twin."),
            (
                "ids",
                "[ExternalIdInput!]!",
                "The ids that mean the other thing; streams of these devices go with them.",
            ),
            (
                "into",
                "ID",
                "The other twin: one that exists, or that was merged into this one; a new one if left out.",
            ),
            (
                "model",
                "String",
                "The model of a new twin: a DTMI or a type's name; this twin's if left out.",
            ),
            ("streams", "[StreamKeyInput!]", "Other streams that measure the other thing."),
            ("relationships", "[ID!]", "Relationships that are the other thing's."),
            ("keepApart", "Boolean", "State verdicts that keep the two apart; true if left out."),
            REASON,
        ],
    );
    let mut inputs: Vec<Type> = vec![merge.into(), split.into()];
    inputs.extend(smaller_inputs());
    inputs
}

fn smaller_inputs() -> [Type; 5] {
    let judged = [FIRST, SECOND, ("judgement", "Judgement!", "Same or different."), REASON];
    let judge = timed_input(
        "JudgeInput",
        "Two records, and whether they describe the same thing. It has always been so, unless `validFrom` says otherwise.",
        &judged,
    );
    let withdraw = timed_input(
        "WithdrawVerdictInput",
        "A verdict that holds no more, at any time unless `validFrom` says otherwise.",
        &[FIRST, SECOND, REASON],
    );
    let approve = timed_input(
        "ApproveTaskInput",
        "A doubtful pair that is the same thing. It has always been, unless `validFrom` says otherwise.",
        &[TASK, REASON],
    );
    let reject =
        input_object("RejectTaskInput", "A doubtful pair that is two things.", &[TASK, REASON]);
    let undo = input_object(
        "UndoInput",
        "A decision that is taken back.",
        &[
            ("decision", "ID!", "The decision's id, or a position: then all that its entry did."),
            REASON,
        ],
    );
    [judge, withdraw, approve, reject, undo].map(Into::into)
}

fn reason(from: &Fields<'_>) -> Result<Arc<str>> {
    Ok(shared_text(from, "reason")?.unwrap_or_default())
}

fn always(from: &Fields<'_>) -> Result<Interval> {
    interval(from, Timestamp::MIN)
}

fn merge(_: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let command = MergeTwins {
        keep: twin(from, "keep")?,
        gone: twin(from, "gone")?,
        reason: reason(from)?,
        replace: args::flag(from, "replace")?,
    };
    Ok((Command::MergeTwins(command), About::Twin(None)))
}

fn split(world: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let records = args::objects(from, "ids")?;
    let records: Vec<ExternalId> = records.iter().map(args::external_id).collect::<Result<_>>()?;
    let model = model(world, from, "model")?;
    let into = match (args::text(from, "into")?, model) {
        (Some(_), Some(_)) => {
            return Err(
                wrong("model", "a twin that is named by `into` has its own; leave it out").into()
            );
        }
        (Some(id), None) => {
            let id = id.parse::<TwinId>();
            SplitInto::Twin(id.map_err(|error| wrong("into", &error.to_string()))?)
        }
        (None, model) => SplitInto::New(model),
    };
    let streams = args::objects(from, "streams")?;
    let streams: Vec<StreamKey> = streams.iter().map(stream_key).collect::<Result<_>>()?;
    let relationships = args::texts(from, "relationships")?.unwrap_or_default();
    let relationships = relationships
        .iter()
        .map(|id| id.parse::<RelationshipId>().map_err(|e| wrong("relationships", &e.to_string())));
    let command = SplitTwin {
        twin: twin(from, "twin")?,
        records,
        into,
        valid: always(from)?,
        reason: reason(from)?,
        streams,
        relationships: relationships.collect::<Result<_, _>>()?,
        keep_apart: args::optional_flag(from, "keepApart")?.unwrap_or(true),
    };
    Ok((Command::SplitTwin(command), About::Twin(None)))
}

fn pair(from: &Fields<'_>) -> Result<Pair> {
    let (first, second) = (external_id(from, "first")?, external_id(from, "second")?);
    let same = || wrong("second", "is the same record as `first`; name two").into();
    Pair::new(first, second).ok_or_else(same)
}

fn judge(_: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let judgement = match args::item(from, "judgement")? {
        Some("SAME") => Judgement::Same,
        _ => Judgement::Different,
    };
    let (pair, valid) = (pair(from)?, always(from)?);
    let command = Judge { pair, judgement, reason: reason(from)?, valid };
    Ok((Command::Judge(command), About::Twin(None)))
}

fn withdraw(_: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let command = Withdraw { pair: pair(from)?, reason: reason(from)?, valid: always(from)? };
    Ok((Command::Withdraw(command), About::Twin(None)))
}

fn task(from: &Fields<'_>) -> Result<TaskId> {
    let id = args::required_text(from, "task")?.parse::<TaskId>();
    id.map_err(|error| wrong("task", &error.to_string()).into())
}

fn approve(_: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let command = ApproveTask { task: task(from)?, reason: reason(from)?, valid: always(from)? };
    Ok((Command::ApproveTask(command), About::Twin(None)))
}

fn reject(_: &World, from: &Fields<'_>) -> Result<(Command, About)> {
    let command = RejectTask { task: task(from)?, reason: reason(from)? };
    Ok((Command::RejectTask(command), About::Twin(None)))
}

fn undo(ctx: ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let world = world(&ctx)?;
        let from = args::object(&ctx, "input")?;
        let text = args::required_text(&from, "decision")?;
        let (position, index) = match text.parse::<Position>() {
            Ok(position) => (position, None),
            Err(_) => {
                let id = text.parse::<DecisionId>();
                let id = id.map_err(|error| wrong("decision", &error.to_string()))?;
                (id.position, Some(id.index))
            }
        };
        let command = world.engine.undoing(position, index, reason(&from)?).await;
        let command = command.map_err(refused)?;
        submit(&ctx, command, About::Twin(None), args::flag(&ctx, "dryRun")?).await
    })
}
