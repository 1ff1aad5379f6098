//! Reading golden values.

use std::collections::BTreeSet;

use super::claims::{Asked, Heard};
use super::provenance::Provenance;
use super::value::{Described, Golden};
use crate::domain::decide::check;
use crate::domain::fact::PropertyPath;
use crate::domain::graph::{Statement, TwinNode};
use crate::domain::id::TwinId;
use crate::domain::reconcile::survive::{
    Author, Claim, Reason, UNIDENTIFIED, UNTOLD, Values, choose,
};
use crate::domain::rejection::Rejection;
use crate::domain::view::View;

impl<'a> View<'a> {
    /// A property's value: what a steward says, else what survives of what sources say.
    pub fn property(&self, id: TwinId, path: &str) -> Option<Golden<'a>> {
        let node = self.state.graph.twin(id)?;
        let said = node.statements_of(path);
        if node.is_disputable() {
            self.overridden(said).or_else(|| self.provenance(id, path)?.golden())
        } else {
            self.first(said)
        }
    }

    /// All its values, by property.
    pub fn properties(&self, id: TwinId) -> Vec<(&'a PropertyPath, Golden<'a>)> {
        let Some(node) = self.state.graph.twin(id) else {
            return Vec::new();
        };
        if !node.is_disputable() {
            let by_path = node.statements().chunk_by(|a, b| a.path == b.path);
            return by_path.filter_map(|said| Some((&said[0].path, self.first(said)?))).collect();
        }
        let records = self.records(id);
        let value = |path: &'a PropertyPath| {
            let weighed = || self.weigh(node, &records, path)?.golden();
            Some((path, self.overridden(node.statements_of(path)).or_else(weighed)?))
        };
        paths(node, &records).into_iter().filter_map(value).collect()
    }

    /// All that is said of a property; `None` when nothing is.
    pub fn provenance(&self, id: TwinId, path: &str) -> Option<Provenance<'a>> {
        let node = self.state.graph.twin(id)?;
        let records = self.records(id);
        let stated = || node.statements_of(path).first().map(|said| &said.path);
        let mut claims = records.iter().map(|described| &described.record.value.claims);
        let claimed = claims.find_map(|claims| Some(claims.get_key_value(path)?.0));
        self.weigh(node, &records, claimed.or_else(stated)?)
    }

    /// The properties of which sources state different values, or values that the model does not allow.
    pub fn disputes(&self, id: TwinId) -> Vec<Provenance<'a>> {
        let node = self.state.graph.twin(id).filter(|node| node.is_disputable());
        let Some(node) = node else {
            return Vec::new();
        };
        let records = self.records(id);
        let weighed = paths(node, &records);
        let weighed = weighed.into_iter().filter_map(|path| self.weigh(node, &records, path));
        weighed.filter(Provenance::is_disputed).collect()
    }

    /// The records that describe a twin, by their ids.
    pub fn records(&self, id: TwinId) -> Vec<Described<'a>> {
        let (moment, known) = (self.scope.moment, self.scope.known);
        let Some(node) = self.state.graph.twin(id) else {
            return Vec::new();
        };
        let described = node.records().iter().filter_map(|key| {
            let link = self.state.crosswalks.at(key, moment, known)?;
            let record = self.state.records.timeline(key)?.at(moment, known)?;
            (link.value.twin == id).then_some(Described { key, link, record })
        });
        described.collect()
    }

    /// Why a claim cannot be the value.
    pub fn misfit(&self, id: TwinId, claim: &Claim<'_>) -> Option<Rejection> {
        let (_, existence) = self.twin(id)?;
        let model = &existence.value.model;
        let mut values = claim.values.iter();
        values.find_map(|(path, value)| check::property_value(self.state, model, path, value).err())
    }

    /// What is said of one property of a twin by itself and these records, in order of merit.
    fn weigh(
        &self,
        node: &'a TwinNode,
        records: &[Described<'a>],
        path: &'a PropertyPath,
    ) -> Option<Provenance<'a>> {
        let model = &self.twin(node.id)?.1.value.model;
        let plan = self.state.rules.survivorship.plan(&self.state.catalogue, model, path);
        let Heard { claims, misfits } = self.heard(node, model, records, Asked { path, plan });
        let verdict = choose(&claims, plan.rules, self.scope.moment);
        let order = verdict.iter().flat_map(|verdict| &verdict.order);
        let mut claims: Vec<Claim<'a>> = order.map(|index| claims[*index].clone()).collect();
        let mut reason = verdict.map(|verdict| verdict.reason);
        if let Some(golden) = self.overridden(node.statements_of(path)) {
            claims.insert(0, override_of(path, golden));
            reason = Some(Reason::Override);
        }
        let (group, rules) = (plan.group, plan.rules);
        let nothing = claims.is_empty() && misfits.is_empty();
        let twin = node.id;
        (!nothing).then_some(Provenance { twin, path, group, rules, claims, reason, misfits })
    }

    /// What a steward says of a property.
    fn overridden(&self, said: &'a [Statement]) -> Option<Golden<'a>> {
        let steward = said.first().filter(|said| said.source.is_none())?;
        let fact = steward.timeline.at(self.scope.moment, self.scope.known)?;
        Some(Golden::stated(fact))
    }

    /// The value of a property of which at most a steward and one source speak.
    fn first(&self, said: &'a [Statement]) -> Option<Golden<'a>> {
        let (moment, known) = (self.scope.moment, self.scope.known);
        said.iter().find_map(|said| said.timeline.at(moment, known)).map(Golden::stated)
    }
}

/// A steward's override, as a claim before all others.
fn override_of<'a>(path: &'a PropertyPath, golden: Golden<'a>) -> Claim<'a> {
    Claim {
        author: Author::Steward,
        values: Values::from_iter([(path, golden.value)]),
        identity: &UNIDENTIFIED,
        stated: golden.stated,
        given: 1,
        trust: &UNTOLD,
        valid: golden.valid,
        recorded_from: golden.recorded_from,
    }
}

/// The properties of which somebody says something, in order.
fn paths<'a>(node: &'a TwinNode, records: &[Described<'a>]) -> BTreeSet<&'a PropertyPath> {
    let claimed = records.iter().flat_map(|described| described.record.value.claims.keys());
    node.statements().iter().map(|said| &said.path).chain(claimed).collect()
}
