//! `PropertyProvenance`: the value of a property, why it is so, and what else is said.

use std::sync::Arc;

use async_graphql::dynamic::{Field, FieldValue, ResolverContext, Type};

use super::page;
use super::property::Said;
use super::twin::{TwinAt, optional};
use crate::domain::golden::{Golden, Provenance};
use crate::domain::id::TwinId;
use crate::domain::reconcile::survive::{Claim, Reason, Rule};
use crate::domain::view::View;
use crate::graphql::args;
use crate::graphql::build::{
    Answer, enumeration, field, item, json, many, moment, object, one, optional_text, scalar, text,
    text_field,
};
use crate::graphql::scope::Reader;

/// All that is said of a property.
#[derive(Clone)]
pub struct Told {
    /// The twin.
    pub twin: TwinId,
    /// The property.
    pub path: Arc<str>,
    chosen: Option<Said>,
    reason: Option<Reason>,
    group: Option<Arc<str>>,
    disagree: bool,
    settled: bool,
    candidates: Vec<Arc<Candidate>>,
    at: Arc<Reader>,
}

/// What one author says.
struct Candidate {
    said: Said,
    chosen: bool,
    rank: Option<usize>,
    trust: Option<f64>,
    measures: Vec<Arc<Measured>>,
    problem: Option<String>,
    at: Arc<Reader>,
}

struct Measured {
    rule: Rule,
    measure: String,
}

impl Told {
    /// What a provenance tells.
    pub fn new(at: &Arc<Reader>, view: &View<'_>, provenance: &Provenance<'_>) -> Self {
        let survivor = provenance.survivor().map(|claim| claim.author);
        let claims = provenance.claims.iter().filter_map(|claim| {
            let (_, value) = claim.value_of(provenance.path)?;
            Some((claim, said(claim, value)))
        });
        let claims = claims.zip(1..).map(|((claim, said), rank)| {
            let measures = if claim.is_override() {
                Vec::new()
            } else {
                provenance.measures(claim, view.scope.moment)
            };
            let shown = measures
                .into_iter()
                .map(|(rule, measure)| Arc::new(Measured { rule, measure: measure.to_string() }));
            Candidate {
                said,
                chosen: survivor == Some(claim.author),
                rank: Some(rank),
                trust: trust(provenance, view, claim),
                measures: shown.collect(),
                problem: None,
                at: at.clone(),
            }
        });
        let misfits = provenance.misfits.iter().filter_map(|claim| {
            let (_, value) = claim.value_of(provenance.path)?;
            Some(Candidate {
                said: said(claim, value),
                chosen: false,
                rank: None,
                trust: trust(provenance, view, claim),
                measures: Vec::new(),
                problem: view.misfit(provenance.twin, claim).map(|reason| reason.to_string()),
                at: at.clone(),
            })
        });
        Self {
            twin: provenance.twin,
            path: provenance.path.into(),
            chosen: provenance.golden().map(Said::from),
            reason: provenance.reason.filter(|_| survivor.is_some()),
            group: provenance.group.map(|group| group.name.clone()),
            disagree: provenance.disagree(),
            settled: provenance.is_settled(),
            candidates: claims.chain(misfits).map(Arc::new).collect(),
            at: at.clone(),
        }
    }
}

fn said<'a>(claim: &Claim<'a>, value: &'a serde_json::Value) -> Said {
    Golden::claimed(value, claim).into()
}

/// How far the author is trusted for the property, as that has worn off; a steward is not measured.
fn trust(provenance: &Provenance<'_>, view: &View<'_>, claim: &Claim<'_>) -> Option<f64> {
    let trust = claim.trust.of(provenance.path, claim.stated, view.scope.moment);
    (!claim.is_override()).then_some(trust)
}

/// The types.
pub fn types() -> Vec<Type> {
    let node = |told: &Told| FieldValue::owned_any(told.clone());
    let connection = page::connection(
        "PropertyProvenance",
        "A page of properties that sources disagree about, by twin and property.",
        node,
    );
    [provenance_type(), candidate_type(), measure_type(), reasons()]
        .into_iter()
        .chain(connection)
        .collect()
}

fn provenance_type() -> Type {
    let mut fields = vec![
        field::<Told, _>("twin", "Twin", |t, _| optional(&t.at, Some(t.twin))),
        text_field::<Told>("path", "String!", |t| &t.path),
        field::<Told, _>("value", "JSON", |t, _| {
            t.chosen.as_ref().map_or(Ok(None), |said| scalar(json(&said.value)?))
        })
        .description("The value; null when nothing that is said can be it."),
        field::<Told, _>("rule", "SurvivalReason", |t, _| {
            t.reason.map_or(Ok(None), |reason| item(reason_item(reason)))
        })
        .description("Why it is this value and not the next best."),
        field::<Told, _>("group", "String", |t, _| optional_text(t.group.as_ref()))
            .description("The group of properties that come from one source together."),
        field::<Told, _>("disagree", "Boolean!", |t, _| scalar(t.disagree)).description(
            "Whether sources state different values. Texts may differ in case and spaces.",
        ),
        field::<Told, _>("settled", "Boolean!", |t, _| scalar(t.settled))
            .description("Whether a steward has decided."),
        field::<Told, _>("candidates", "[PropertyCandidate!]!", |t, _| {
            many(t.candidates.iter().cloned())
        })
        .description("All that is said, best first; last what the model does not allow."),
    ];
    fields.extend(author_fields::<Told>(|told| told.chosen.as_ref(), |told| &told.at));
    let description = "The value of a property, why it is so, and what else is said.";
    object("PropertyProvenance", description, fields).into()
}

/// Who says a value, and when.
fn author_fields<P: Send + Sync + 'static>(
    said: fn(&P) -> Option<&Said>,
    at: fn(&P) -> &Arc<Reader>,
) -> [Field; 6] {
    [
        field::<P, _>("source", "String", move |p, _| {
            optional_text(said(p).and_then(|said| said.source.as_ref()))
        })
        .description("The system that says so; null when a person or client does."),
        field::<P, _>("record", "SourceRecord", move |p, _| {
            said(p).map_or(Ok(None), |said| said.record(at(p)))
        })
        .description("The record that says so; null when it was stated of the twin itself."),
        field::<P, _>("stated", "DateTime", move |p, _| {
            said(p).and_then(|said| said.stated).map_or(Ok(None), moment)
        })
        .description("When its source last touched it, as far as that is known."),
        field::<P, _>("validFrom", "DateTime", move |p, _| {
            said(p).map_or(Ok(None), |said| moment(said.valid.from))
        }),
        field::<P, _>("validTo", "DateTime", move |p, _| {
            said(p).map_or(Ok(None), |said| moment(said.valid.to))
        }),
        field::<P, _>("recordedAt", "LogPosition", move |p, _| {
            said(p).map_or(Ok(None), |said| text(said.recorded_from.to_string()))
        }),
    ]
}

fn candidate_type() -> Type {
    let mut fields = vec![
        field::<Arc<Candidate>, _>("value", "JSON!", |c, _| scalar(json(&c.said.value)?)),
        field::<Arc<Candidate>, _>("chosen", "Boolean!", |c, _| scalar(c.chosen))
            .description("Whether it is the value."),
        field::<Arc<Candidate>, _>("rank", "Int", |c, _| c.rank.map_or(Ok(None), scalar))
            .description("Its place in order of merit, from 1; null when it cannot be the value."),
        field::<Arc<Candidate>, _>("trust", "Float", |c, _| c.trust.map_or(Ok(None), scalar))
            .description("How far its source is trusted for this, as that has worn off; null for a person or client."),
        field::<Arc<Candidate>, _>("measures", "[RuleMeasure!]!", |c, _| {
            many(c.measures.iter().cloned())
        })
        .description("What the rules make of it, in turn."),
        field::<Arc<Candidate>, _>("problem", "String", |c, _| optional_text(c.problem.as_ref()))
            .description("Why the model does not allow it; null when it does."),
    ];
    fields.extend(author_fields::<Arc<Candidate>>(|c| Some(&c.said), |c| &c.at));
    object("PropertyCandidate", "What one author says of a property.", fields).into()
}

fn measure_type() -> Type {
    let fields = vec![
        field::<Arc<Measured>, _>("rule", "SurvivalReason!", |m, _| {
            item(reason_item(Reason::Rule(m.rule)))
        }),
        field::<Arc<Measured>, _>("measure", "String!", |m, _| text(m.measure.as_str()))
            .description("By what the rule compares."),
    ];
    object("RuleMeasure", "What a rule of survivorship makes of a candidate.", fields).into()
}

fn reasons() -> Type {
    enumeration(
        "SurvivalReason",
        "Why a value is a twin's own.",
        &[
            ("OVERRIDE", "A person or client says so."),
            ("ONLY", "Nobody else says anything."),
            ("AGREEMENT", "All say the same."),
            ("AUTHORITY", "Its source is trusted more, as trust wears off."),
            ("MOST_RECENT", "Its source spoke last."),
            ("MOST_COMPLETE", "Its source says more."),
            ("LONGEST", "It is longer."),
            ("MOST_FREQUENT", "More sources say so."),
            ("MIN", "It is less."),
            ("MAX", "It is greater."),
            ("ORDER", "No rule tells the values apart: the first in order of systems and ids."),
        ],
    )
    .into()
}

fn reason_item(reason: Reason) -> &'static str {
    match reason {
        Reason::Override => "OVERRIDE",
        Reason::Only => "ONLY",
        Reason::Agreement => "AGREEMENT",
        Reason::Order => "ORDER",
        Reason::Rule(rule) => match rule {
            Rule::Authority => "AUTHORITY",
            Rule::MostRecent => "MOST_RECENT",
            Rule::MostComplete => "MOST_COMPLETE",
            Rule::Longest => "LONGEST",
            Rule::MostFrequent => "MOST_FREQUENT",
            Rule::Min => "MIN",
            Rule::Max => "MAX",
        },
    }
}

/// All that is said of one property of a twin; null when nothing is.
pub fn of_property(twin: &TwinAt, ctx: &ResolverContext<'_>) -> Answer {
    let path = args::required_text(ctx, "path")?;
    let told = twin.at.view(|view| {
        let provenance = view.provenance(twin.id, path)?;
        Some(Told::new(&twin.at, &view, &provenance))
    });
    told.map_or(Ok(None), one)
}

/// The properties of a twin that sources disagree about.
pub fn disagreements_of(twin: &TwinAt, ctx: &ResolverContext<'_>) -> Answer {
    let settled = args::optional_flag(ctx, "settled")?;
    let told: Vec<Told> = twin.at.view(|view| {
        let disputes = view.disputes(twin.id).into_iter();
        let wanted = disputes.filter(|p| settled.is_none_or(|wanted| p.is_settled() == wanted));
        wanted.map(|provenance| Told::new(&twin.at, &view, &provenance)).collect()
    });
    many(told)
}
