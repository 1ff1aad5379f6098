//! `ModelCompatibility`: what differs between two models.

use async_graphql::dynamic::{ResolverContext, Type};

use crate::dtdl::{Change, Compatibility, Impact};
use crate::graphql::args;
use crate::graphql::build::{
    Answer, enumeration, field, item, many, object, one, optional_text, text,
};
use crate::graphql::scope::Reader;

/// A report.
pub struct Report(pub Compatibility);

/// The types.
pub fn types() -> Vec<Type> {
    let impacts = enumeration(
        "ModelImpact",
        "What a difference asks of those who hold data of the older model.",
        &[
            ("SAFE", "Data stay valid and clients go on as they are."),
            ("NEEDS_MIGRATION", "Data can be carried over by a rule."),
            ("BREAKS", "Data may be lost, or clients must be changed."),
        ],
    );
    vec![report(), change(), impacts.into()]
}

fn report() -> Type {
    let fields = vec![
        field::<Report, _>("fromId", "ID!", |report, _| text(report.0.from.as_str())),
        field::<Report, _>("toId", "ID!", |report, _| text(report.0.to.as_str())),
        field::<Report, _>("impact", "ModelImpact!", |report, _| item(impact(report.0.impact())))
            .description("The gravest of all."),
        field::<Report, _>("changes", "[ModelChange!]!", |report, _| {
            many(report.0.changes.clone())
        })
        .description("The differences that matter to data and clients."),
    ];
    object("ModelCompatibility", "What changes for twins of one model that get another.", fields)
        .into()
}

fn change() -> Type {
    let fields = vec![
        field::<Change, _>("path", "String!", |change, _| text(change.element.as_str()))
            .description("The element, as names from the model down; empty for the model itself."),
        field::<Change, _>("impact", "ModelImpact!", |change, _| item(impact(change.impact))),
        field::<Change, _>("reason", "String!", |change, _| text(change.message.as_str())),
        field::<Change, _>("mend", "String", |change, _| {
            optional_text(Some(&change.mend).filter(|mend| !mend.is_empty()))
        })
        .description("What to do; null where nothing need be done."),
    ];
    object("ModelChange", "A difference between two models.", fields).into()
}

fn impact(impact: Impact) -> &'static str {
    match impact {
        Impact::Safe => "SAFE",
        Impact::NeedsMigration => "NEEDS_MIGRATION",
        Impact::Breaks => "BREAKS",
    }
}

/// The report of the models that the arguments name; null when one is not known.
///
/// # Errors
/// When an argument is no model.
pub fn find(at: &Reader, ctx: &ResolverContext<'_>) -> Answer {
    let model = |name: &str| args::required_text(ctx, name).map(|text| at.types.find_model(text));
    let (Some(from), Some(to)) = (model("from")?, model("to")?) else {
        return Ok(None);
    };
    at.engine.catalogue().compatibility(&from, &to).map_or(Ok(None), |found| one(Report(found)))
}
