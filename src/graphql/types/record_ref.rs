//! `RecordRef`: the key of a record, with what it leads to.

use std::sync::Arc;

use async_graphql::dynamic::Type;

use super::source_record::Kept;
use super::twin;
use crate::domain::id::ExternalId;
use crate::domain::nameplate::SelfReport;
use crate::graphql::build::{field, many, object, one, text, text_field};
use crate::graphql::scope::Reader;

/// The key of a record, and how it is read.
#[derive(Clone)]
pub struct RecordAt {
    /// What its system calls the thing.
    pub key: ExternalId,
    /// How it is read.
    pub at: Arc<Reader>,
}

/// The types.
pub fn types() -> Vec<Type> {
    let fields = vec![
        text_field::<RecordAt>("system", "String!", |r| &r.key.system),
        text_field::<RecordAt>("scope", "String!", |r| &r.key.scope),
        text_field::<RecordAt>("id", "String!", |r| &r.key.id),
        field::<RecordAt, _>("record", "SourceRecord", |r, _| {
            Kept::find(&r.at, &r.key).map_or(Ok(None), one)
        })
        .description("What the system says about the thing."),
        field::<RecordAt, _>("reported", "[SelfReport!]!", |r, _| {
            many(r.at.view(|view| view.self_reports(&r.key)))
        })
        .description("What the device of that id reports of itself, by its latest readings."),
        field::<RecordAt, _>("twin", "Twin", |r, _| {
            let twin = r.at.view(|view| view.resolve(&r.key).map(|link| link.value.twin));
            twin::optional(&r.at, twin)
        })
        .description("The twin that the id means."),
    ];
    vec![object("RecordRef", "What a system calls a thing.", fields).into(), report()]
}

fn report() -> Type {
    let fields = vec![
        text_field::<SelfReport>("field", "String!", |r| &r.field)
            .description("The identity field: `serial`, `mac` …"),
        text_field::<SelfReport>("text", "String!", |r| &r.text),
        text_field::<SelfReport>("channel", "String!", |r| &r.channel)
            .description("The channel that it stands on."),
        field::<SelfReport, _>("eventTime", "DateTime!", |r, _| text(r.time.to_string()))
            .description("When the device said so last."),
    ];
    object("SelfReport", "What a device reports of itself.", fields).into()
}
