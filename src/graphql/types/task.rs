//! `ReviewTask`: a doubtful pair that waits for a person.

use std::sync::Arc;

use async_graphql::dynamic::{FieldValue, ResolverContext, Type};

use super::page::{self, Item, Page};
use super::record_ref::RecordAt;
use super::{impact, twin};
use crate::domain::command::Command;
use crate::domain::curation::{Alternative, ApproveTask, Candidate, Task, Weight};
use crate::domain::id::{ExternalId, Position, TaskId, TwinId};
use crate::domain::time::Interval;
use crate::domain::view::View;
use crate::engine::EngineError;
use crate::graphql::args;
use crate::graphql::build::{
    Answer, Arg, Later, enumeration, field, many, moment, object, one, optional_text, parent,
    scalar, slow_field, text, text_field,
};
use crate::graphql::mutation::ACTOR;
use crate::graphql::refusal::refused;
use crate::graphql::scope::Reader;
use crate::graphql::world::World;

/// A task, and how it is read.
#[derive(Clone)]
pub struct TaskAt {
    task: Arc<Task>,
    recorded: Position,
    at: Arc<Reader>,
}

impl TaskAt {
    /// A task that is not kept.
    pub fn new(task: Task, at: &Arc<Reader>) -> Self {
        Self { task: Arc::new(task), recorded: at.scope.known, at: at.clone() }
    }
}

struct AlternativeAt(Alternative, Arc<Reader>);

/// The types.
pub fn types() -> Vec<Type> {
    let order = enumeration(
        "TaskOrder",
        "In which order tasks are listed.",
        &[
            ("WORTH", "What a decision is worth, most first."),
            ("PROBABILITY", "How probable the pair is, most first."),
            ("RAISED", "When it was raised, oldest first."),
        ],
    );
    let mut types = vec![order.into(), task(), weight(), alternative()];
    let node = |task: &TaskAt| FieldValue::owned_any(task.clone());
    types.extend(page::connection("ReviewTask", "A page of the review queue.", node));
    types
}

fn task() -> Type {
    let fields = vec![
        field::<TaskAt, _>("id", "ID!", |t, _| text(t.task.id().to_string())),
        field::<TaskAt, _>("record", "RecordRef!", |t, _| {
            one(RecordAt { key: t.task.record.clone(), at: t.at.clone() })
        })
        .description("The record."),
        field::<TaskAt, _>("candidateRecord", "RecordRef", |t, _| {
            record_of(&t.task.candidate, &t.at)
        })
        .description("The record that it may describe the same thing as."),
        field::<TaskAt, _>("candidateTwin", "Twin", |t, _| twin_of(&t.task.candidate, &t.at))
            .description("The twin that it may describe: the candidate, or what the candidate record describes."),
        field::<TaskAt, _>("probability", "Float!", |t, _| scalar(t.task.probability))
            .description("How probable that is, from 0 to 1."),
        field::<TaskAt, _>("worth", "Float!", |t, _| scalar(t.task.worth))
            .description("What a decision is worth: the doubt, times what hangs on it."),
        field::<TaskAt, _>("weights", "[TaskWeight!]!", |t, _| {
            many(t.task.weights.iter().cloned())
        })
        .description("What each comparison says for or against it; the sum is its probability, as log odds in bits."),
        field::<TaskAt, _>("alternatives", "[TaskAlternative!]!", |t, _| {
            let all = t.task.alternatives.iter().cloned();
            many(all.map(|alternative| AlternativeAt(alternative, t.at.clone())))
        })
        .description("What else the record may describe."),
        field::<TaskAt, _>("raised", "DateTime!", |t, _| moment(t.task.raised)),
        field::<TaskAt, _>("validFrom", "DateTime", |t, _| moment(t.task.valid.from)).description(
            "Since when both describe what they are compared by; null: always. A decision is about that time.",
        ),
        field::<TaskAt, _>("validTo", "DateTime", |t, _| moment(t.task.valid.to))
            .description("Until when; null: they still do."),
        field::<TaskAt, _>("recordedAt", "LogPosition!", |t, _| text(t.recorded.to_string())),
        slow_field("ifApproved", "Impact", if_approved).description(
            "What an approval would change, as things stand now; an error says why it would be refused.",
        ),
    ];
    object("ReviewTask", "A doubtful pair that waits for a person.", fields).into()
}

fn weight() -> Type {
    let fields = vec![
        text_field::<Weight>("comparison", "String!", |w| &w.comparison),
        field::<Weight, _>("outcome", "String", |w, _| optional_text(w.outcome.as_ref()))
            .description("What the comparison found, such as `same` or `differ`."),
        field::<Weight, _>("left", "String", |w, _| optional_text(w.left.as_ref()))
            .description("What the record says."),
        field::<Weight, _>("right", "String", |w, _| optional_text(w.right.as_ref()))
            .description("What the candidate says."),
        field::<Weight, _>("weight", "Float!", |w, _| scalar(w.weight))
            .description("In bits: above 0 it speaks for the pair, below 0 against it."),
    ];
    object("TaskWeight", "What one comparison says.", fields).into()
}

fn alternative() -> Type {
    let fields = vec![
        field::<AlternativeAt, _>("record", "RecordRef", |a, _| record_of(&a.0.candidate, &a.1)),
        field::<AlternativeAt, _>("twin", "Twin", |a, _| twin_of(&a.0.candidate, &a.1)),
        field::<AlternativeAt, _>("probability", "Float!", |a, _| scalar(a.0.probability)),
    ];
    object("TaskAlternative", "Another candidate for the same record.", fields).into()
}

fn record_of(candidate: &Candidate, at: &Arc<Reader>) -> Answer {
    match candidate {
        Candidate::Record(key) => one(RecordAt { key: key.clone(), at: at.clone() }),
        Candidate::Twin(_) => Ok(None),
    }
}

fn twin_of(candidate: &Candidate, at: &Arc<Reader>) -> Answer {
    let twin = at.view(|view| match candidate {
        Candidate::Twin(twin) => Some(view.current(*twin)),
        Candidate::Record(key) => view.resolve(key).map(|link| link.value.twin),
    });
    twin::optional(at, twin)
}

fn if_approved(ctx: async_graphql::dynamic::ResolverContext<'_>) -> Later<'_> {
    Box::pin(async move {
        let task = parent::<TaskAt>(&ctx)?;
        let command = Command::ApproveTask(ApproveTask {
            task: task.task.id(),
            reason: "".into(),
            valid: Interval::ALWAYS,
        });
        let preview = task.at.engine.preview(ACTOR, vec![command]).await.map_err(refused)?;
        if let Some(Err(rejection)) = preview.outcomes.into_iter().next() {
            return Err(refused(EngineError::Rejected(rejection)));
        }
        impact::optional(Some(&Arc::new(preview.impact)), &task.at)
    })
}

/// The arguments of the queue.
pub const ARGUMENTS: &[Arg] = &[
    ("order", "TaskOrder", "In which order; by worth if left out."),
    ("system", "String", "Only tasks about a record of this system, on either side."),
    ("twin", "ID", "Only tasks about this twin, on either side."),
    ("minProbability", "Float", "Only tasks at least as probable."),
    ("maxProbability", "Float", "Only tasks at most as probable."),
    page::FIRST,
    page::AFTER,
];

/// Whether a record of the system is on one of its sides.
fn is_of(task: &Task, system: &str) -> bool {
    let other = match &task.candidate {
        Candidate::Record(key) => Some(key),
        Candidate::Twin(_) => None,
    };
    [Some(&task.record), other].into_iter().flatten().any(|key| *key.system == *system)
}

/// Whether the twin is on one of its sides.
fn is_about(view: &View<'_>, task: &Task, twin: TwinId) -> bool {
    let means = |key: &ExternalId| view.resolve(key).map(|link| link.value.twin);
    let other = match &task.candidate {
        Candidate::Record(key) => means(key),
        Candidate::Twin(twin) => Some(view.current(*twin)),
    };
    [means(&task.record), other].contains(&Some(view.current(twin)))
}

/// A page of the queue.
pub fn page(at: &Arc<Reader>, ctx: &ResolverContext<'_>) -> Answer {
    let limit = page::first(ctx, &ctx.data::<Arc<World>>()?.bounds)?;
    let after = page::after(ctx)?.map(|cursor| parsed(&cursor)).transpose()?;
    let rank = rank_by(args::item(ctx, "order")?.unwrap_or("WORTH"));
    let system = args::text(ctx, "system")?;
    let twin = match args::text(ctx, "twin")? {
        Some(_) => Some(args::twin_id(ctx, "twin")?),
        None => None,
    };
    let least = args::number(ctx, "minProbability")?.unwrap_or(0.0);
    let most = args::number(ctx, "maxProbability")?.unwrap_or(1.0);
    let (mut found, total) = at.view(|view| {
        let fits = |task: &Task| {
            (least..=most).contains(&task.probability)
                && system.is_none_or(|system| is_of(task, system))
                && twin.is_none_or(|twin| twin.is_some_and(|twin| is_about(&view, task, twin)))
        };
        let all = view.state.curations.tasks(view.scope.known);
        let mut ranked: Vec<(u64, TaskId)> =
            all.filter(|(task, _)| fits(task)).map(|(task, _)| (rank(task), task.id())).collect();
        let total = ranked.len();
        ranked.retain(|place| after.is_none_or(|after| *place > after));
        ranked.sort_unstable();
        ranked.truncate(limit + 1);
        let tasks = ranked.into_iter().filter_map(|(rank, id)| {
            let node = shown(view.state.curations.task(id, view.scope.known)?, at);
            Some(Item { node, cursor: format!("{rank}/{id}") })
        });
        (tasks.collect::<Vec<_>>(), total)
    });
    found.truncate(limit + 1);
    one(Page::new(found, limit, page::wants_total(ctx).then_some(total)))
}

fn parsed(cursor: &str) -> async_graphql::Result<(u64, TaskId)> {
    let place = cursor
        .split_once('/')
        .and_then(|(rank, id)| Some((rank.parse::<u64>().ok()?, id.parse::<TaskId>().ok()?)));
    place.ok_or_else(|| page::not_ours().into())
}

/// The least rank comes first. The bits of positive numbers are in their order.
fn rank_by(order: &str) -> fn(&Task) -> u64 {
    match order {
        "PROBABILITY" => |task| !task.probability.to_bits(),
        "RAISED" => |task| task.raised.0.cast_unsigned() ^ (1 << 63),
        _ => |task| !task.worth.to_bits(),
    }
}

fn shown(
    (task, fact): (&Task, &crate::domain::timeline::Fact<crate::domain::curation::Curation>),
    at: &Arc<Reader>,
) -> TaskAt {
    TaskAt { task: Arc::new(task.clone()), recorded: fact.recorded_from, at: at.clone() }
}

/// The open tasks about a record.
pub fn of_record(at: &Arc<Reader>, key: &ExternalId) -> Vec<TaskAt> {
    at.view(|view| {
        let (curations, known) = (&view.state.curations, view.scope.known);
        let tasks = curations.tasks_of_record(key, known);
        tasks.filter_map(|task| Some(shown(curations.task(task.id(), known)?, at))).collect()
    })
}

/// A task that is open.
pub fn find(at: &Arc<Reader>, ctx: &ResolverContext<'_>) -> Answer {
    let Ok(id) = args::required_text(ctx, "id")?.parse::<TaskId>() else {
        return Ok(None);
    };
    let found =
        at.view(|view| view.state.curations.task(id, view.scope.known).map(|task| shown(task, at)));
    found.map_or(Ok(None), one)
}
