//! What each author says of a property, or of the properties of a group.

use super::fit::fits;
use super::value::{Described, author_of, date};
use crate::domain::fact::{PropertyPath, PropertyValue};
use crate::domain::graph::TwinNode;
use crate::domain::reconcile::survive::{Author, Claim, Plan, Trust, UNIDENTIFIED, UNTOLD, Values};
use crate::domain::timeline::Fact;
use crate::domain::view::View;
use crate::dtdl::Dtmi;

/// What is said of one property: claims that may survive, and those that cannot.
#[derive(Debug, Default)]
pub struct Heard<'a> {
    /// What sources say.
    pub claims: Vec<Claim<'a>>,
    /// What does not fit the model.
    pub misfits: Vec<Claim<'a>>,
}

/// Which properties are asked for: one, or those of its group.
#[derive(Clone, Copy)]
pub struct Asked<'q> {
    /// The property.
    pub path: &'q str,
    /// How it is chosen.
    pub plan: Plan<'q>,
}

impl Asked<'_> {
    fn covers(&self, path: &str) -> bool {
        path == self.path || self.plan.group.is_some_and(|group| group.paths.hold(path))
    }
}

impl<'a> View<'a> {
    /// What systems say of the twin itself and in `records`. Nothing is chosen yet.
    pub(super) fn heard(
        &self,
        node: &'a TwinNode,
        model: &Dtmi,
        records: &[Described<'a>],
        asked: Asked<'_>,
    ) -> Heard<'a> {
        let mut heard = Heard::default();
        self.hear_statements(node, asked, &mut heard);
        for record in records {
            self.hear_record(record, model, asked, &mut heard);
        }
        heard
    }

    /// Statements of the twin itself were checked against its model when they were made.
    fn hear_statements(&self, node: &'a TwinNode, asked: Asked<'_>, heard: &mut Heard<'a>) {
        let all = node.statements().iter();
        for said in all.filter(|said| said.source.is_some() && asked.covers(&said.path)) {
            let Some(fact) = said.timeline.at(self.scope.moment, self.scope.known) else {
                continue;
            };
            let author = author_of(fact);
            // One author's statements of a group are one claim.
            match heard.claims.iter_mut().find(|claim| claim.author == author) {
                Some(claim) => extend(claim, &said.path, fact),
                None => heard.claims.push(self.statement(node, &said.path, fact)),
            }
        }
    }

    fn statement(
        &self,
        node: &'a TwinNode,
        path: &'a PropertyPath,
        fact: &'a Fact<PropertyValue>,
    ) -> Claim<'a> {
        let source = fact.value.source.as_ref();
        Claim {
            author: author_of(fact),
            values: Values::from_iter([(path, &fact.value.value)]),
            identity: &UNIDENTIFIED,
            stated: date(fact.valid.from),
            given: node.statements().iter().filter(|said| said.source.as_ref() == source).count(),
            trust: source.map_or(&UNTOLD, |system| self.trust_in_system(system)),
            valid: fact.valid,
            recorded_from: fact.recorded_from,
        }
    }

    fn hear_record(
        &self,
        record: &Described<'a>,
        model: &Dtmi,
        asked: Asked<'_>,
        heard: &mut Heard<'a>,
    ) {
        let given = &record.record.value.claims;
        let mut values = Values::new();
        let mut misfits = Values::new();
        let listed = given.iter().filter(|(path, value)| !value.is_null() && asked.covers(path));
        for (path, value) in listed {
            if fits(&self.state.catalogue, model, path, value) {
                values.push((path, value));
            } else if **path == *asked.path {
                misfits.push((path, value));
            }
        }
        if !misfits.is_empty() {
            heard.misfits.push(self.claim_of(record, misfits));
        }
        if !values.is_empty() {
            heard.claims.push(self.claim_of(record, values));
        }
    }

    fn claim_of(&self, record: &Described<'a>, values: Values<'a>) -> Claim<'a> {
        let (key, said) = (record.key, &record.record.value);
        let configured = self.state.rules.survivorship.sources.get(&key.system);
        let declared = || self.state.sources.trust_in_record(key, said);
        Claim {
            author: Author::Source { system: &key.system, record: Some(key) },
            values,
            identity: &said.identity,
            stated: record.stated(),
            given: said.claims.len(),
            trust: configured.or_else(declared).unwrap_or(&UNTOLD),
            valid: record.valid(),
            recorded_from: record.recorded_from(),
        }
    }

    fn trust_in_system(&self, system: &str) -> &'a Trust {
        let configured = self.state.rules.survivorship.sources.get(system);
        let declared = || self.state.sources.trust_in_system(system);
        configured.or_else(declared).unwrap_or(&UNTOLD)
    }
}

/// Adds a value of a group to the claim of its author; the claim is as old as its oldest part.
fn extend<'a>(claim: &mut Claim<'a>, path: &'a PropertyPath, fact: &'a Fact<PropertyValue>) {
    claim.values.push((path, &fact.value.value));
    claim.stated = claim.stated.min(date(fact.valid.from));
    claim.valid.from = claim.valid.from.max(fact.valid.from);
    claim.valid.to = claim.valid.to.min(fact.valid.to);
    claim.recorded_from = claim.recorded_from.max(fact.recorded_from);
}
