//! `Verdict`: that two records describe the same thing, or different things.

use std::sync::Arc;

use async_graphql::dynamic::{ResolverContext, Type};

use super::record_ref::RecordAt;
use crate::domain::curation::{Curation, Judgement, Verdict};
use crate::domain::timeline::Fact;
use crate::graphql::args;
use crate::graphql::build::{
    Answer, enumeration, field, item, many, moment, object, one, text, text_field,
};
use crate::graphql::scope::Reader;

struct VerdictAt {
    verdict: Verdict,
    fact: Fact<Curation>,
    at: Arc<Reader>,
}

/// The types.
pub fn types() -> Vec<Type> {
    let judgement = enumeration(
        "Judgement",
        "What a verdict says of two records.",
        &[
            ("SAME", "They describe the same thing."),
            ("DIFFERENT", "They describe different things, and are never brought together."),
        ],
    );
    let fields = vec![
        field::<VerdictAt, _>("first", "RecordRef!", |v, _| {
            one(RecordAt { key: v.verdict.pair.first().clone(), at: v.at.clone() })
        }),
        field::<VerdictAt, _>("second", "RecordRef!", |v, _| {
            one(RecordAt { key: v.verdict.pair.second().clone(), at: v.at.clone() })
        }),
        field::<VerdictAt, _>("judgement", "Judgement!", |v, _| {
            item(match v.verdict.judgement {
                Judgement::Same => "SAME",
                Judgement::Different => "DIFFERENT",
            })
        }),
        text_field::<VerdictAt>("reason", "String!", |v| &v.verdict.reason),
        text_field::<VerdictAt>("decider", "String!", |v| &v.verdict.decider)
            .description("Who decided: a person, a rule."),
        field::<VerdictAt, _>("validFrom", "DateTime", |v, _| moment(v.fact.valid.from)),
        field::<VerdictAt, _>("validTo", "DateTime", |v, _| moment(v.fact.valid.to)),
        field::<VerdictAt, _>("recordedAt", "LogPosition!", |v, _| {
            text(v.fact.recorded_from.to_string())
        }),
    ];
    let description = "What somebody decided about two records. It holds through every matching.";
    vec![judgement.into(), object("Verdict", description, fields).into()]
}

/// The verdicts on a record that hold at the moment.
pub fn of_record(at: &Arc<Reader>, ctx: &ResolverContext<'_>) -> Answer {
    let key = args::external_id(ctx)?;
    let verdicts: Vec<VerdictAt> = at.view(|view| {
        let all = view.state.curations.verdicts_of(&key, view.scope.known);
        let held = all.filter(|(_, fact)| fact.valid.contains(view.scope.moment));
        held.map(|(verdict, fact)| VerdictAt {
            verdict: verdict.clone(),
            fact: fact.clone(),
            at: at.clone(),
        })
        .collect()
    });
    many(verdicts)
}
