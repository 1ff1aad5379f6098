//! What migrations answer.

use std::sync::Arc;

use async_graphql::dynamic::Type;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::twin;
use super::upload::position;
use crate::domain::id::{Position, TwinId};
use crate::domain::migration::{Effect, Finding, Subject, TwinPlan};
use crate::engine::MigrationPage;
use crate::graphql::build::{
    count, enumeration, field, item, many, object, optional_text, scalar, text,
};
use crate::graphql::scope::Reader;

/// Twins that were migrated, or would be.
pub struct Migrated {
    /// What becomes of each.
    pub page: MigrationPage,
    /// Where it can be read; `None` when nothing was done.
    pub position: Option<Position>,
    /// Reads at that position.
    pub at: Arc<Reader>,
}

struct MigratedTwin {
    twin: TwinId,
    findings: Vec<Finding>,
    at: Arc<Reader>,
}

/// The types.
pub fn types() -> Vec<Type> {
    let subjects = enumeration(
        "MigrationSubject",
        "What of a twin does not fit its new model as it is.",
        &[
            ("PROPERTY", "The value of a property."),
            ("BINDING", "A stream that measures something of the twin."),
            ("RELATIONSHIP", "A relationship from or to the twin."),
        ],
    );
    let effects = enumeration(
        "MigrationEffect",
        "What becomes of it.",
        &[
            ("ADJUSTED", "It is carried over, as the message tells."),
            ("LOST", "It would be lost: the migration is refused."),
            ("DROPPED", "It is lost, as `drop` allows."),
        ],
    );
    vec![migrated(), migrated_twin(), finding(), subjects.into(), effects.into()]
}

fn migrated() -> Type {
    let lossy = |plans: &[(TwinId, TwinPlan)]| {
        plans.iter().filter(|(_, plan)| plan.losses().next().is_some()).count()
    };
    let fields = vec![
        position::<Migrated>(|migrated| migrated.position),
        field::<Migrated, _>("twins", "[MigratedTwin!]!", |migrated, _| {
            many(migrated.page.plans.iter().map(|(twin, plan)| MigratedTwin {
                twin: *twin,
                findings: plan.findings.clone(),
                at: migrated.at.clone(),
            }))
        })
        .description("The twins of this call, in order of their ids."),
        field::<Migrated, _>("migrated", "Int!", |migrated, _| {
            let done = migrated.position.map_or(0, |_| migrated.page.plans.len());
            scalar(i32::try_from(done).unwrap_or(i32::MAX))
        })
        .description("How many were migrated; 0 in a dry run."),
        field::<Migrated, _>("lossy", "Int!", move |migrated, _| {
            scalar(i32::try_from(lossy(&migrated.page.plans)).unwrap_or(i32::MAX))
        })
        .description("How many of these twins would lose something that `drop` does not name."),
        field::<Migrated, _>("remaining", "Long!", |migrated, _| count(migrated.page.remaining))
            .description("How many twins come after these: ask again."),
        field::<Migrated, _>("endCursor", "String", |migrated, _| {
            let last = migrated.page.plans.last();
            optional_text(last.map(|(twin, _)| URL_SAFE_NO_PAD.encode(twin.to_string())))
        })
        .description("The cursor after which a dry run goes on."),
    ];
    object("MigrateTwinsPayload", "What a migration did, or would do.", fields).into()
}

fn migrated_twin() -> Type {
    let fields = vec![
        field::<MigratedTwin, _>("id", "ID!", |m, _| text(m.twin.to_string())),
        field::<MigratedTwin, _>("twin", "Twin", |m, _| twin::optional(&m.at, Some(m.twin)))
            .description("The twin as it is now; null when it exists only later."),
        field::<MigratedTwin, _>("fits", "Boolean!", |m, _| scalar(m.findings.is_empty()))
            .description("Whether all that it has stays as it is."),
        field::<MigratedTwin, _>("findings", "[MigrationFinding!]!", |m, _| {
            many(m.findings.clone())
        })
        .description("What does not."),
    ];
    object("MigratedTwin", "What becomes of one twin.", fields).into()
}

fn finding() -> Type {
    let fields = vec![
        field::<Finding, _>("subject", "MigrationSubject!", |finding, _| {
            item(match finding.subject {
                Subject::Property => "PROPERTY",
                Subject::Binding => "BINDING",
                Subject::Relationship => "RELATIONSHIP",
            })
        }),
        field::<Finding, _>("path", "String!", |finding, _| text(finding.path.as_ref()))
            .description("The path of the property or telemetry, or the name of the relationship."),
        field::<Finding, _>("effect", "MigrationEffect!", |finding, _| {
            item(match finding.effect {
                Effect::Adjusted => "ADJUSTED",
                Effect::Lost => "LOST",
                Effect::Dropped => "DROPPED",
            })
        }),
        field::<Finding, _>("message", "String!", |finding, _| text(finding.message.as_str())),
    ];
    object(
        "MigrationFinding",
        "Something of a twin that does not fit its new model as it is.",
        fields,
    )
    .into()
}
