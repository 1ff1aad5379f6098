//! A thing that someone describes is matched against all twins, at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::curator::Curator;
use super::matcher::Likely;
use crate::domain::curation::Weight;
use crate::domain::id::TwinId;
use crate::domain::reconcile::asset::sheet::{FIELD_NAMES, FIELDS, Texts};
use crate::domain::view::View;
use crate::dtdl::Dtmi;

/// How probable it is that who types the whole name of one twin means that twin.
const NAME_SAYS: f64 = 0.95;
/// How probable it is that who types how a name begins means that twin.
const BEGINNING_SAYS: f64 = 0.2;
/// How probable it is that who types all words of one twin's name, in whatever order and spelling, means that twin.
const WORDS_SAY: f64 = 0.85;
/// Most twins that are looked at because a name begins as what was typed, where only some models are wanted.
const NAMED_MAX: usize = 1_000;
/// Least of the words of both that must be shared, from 0 to 1.
const SHARED_MIN: f64 = 0.2;
/// Most twins whose names share words with what was typed.
const ALIKE_MAX: usize = 200;

/// The source of what no system says: it is none of the records' sources.
const NO_SYSTEM: &str = "\u{1f}";

/// What is known of a thing that is looked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Probe {
    /// A name or an id, or how it begins.
    pub text: Option<String>,
    /// What is known of it, by the names of identity fields: `serial`, `manufacturer`, `tag` …
    pub fields: BTreeMap<Arc<str>, Arc<str>>,
    /// The system that says so, if one does.
    pub system: Option<Arc<str>>,
    /// Only twins of these models and their subtypes; of any when empty.
    pub models: Vec<Dtmi>,
    /// How many twins at most.
    pub limit: usize,
}

/// A twin that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The twin.
    pub twin: TwinId,
    /// How probable it is, from 0 to 1.
    pub probability: f64,
    /// What speaks for it and against it.
    pub weights: Vec<Weight>,
}

impl Curator {
    /// The twins that may be meant, the most probable first.
    pub async fn probe(&self, probe: &Probe) -> Vec<Match> {
        let mut found: BTreeMap<TwinId, Match> = BTreeMap::new();
        let by_fields = self.by_fields(probe).await;
        for candidate in self.by_text(probe).into_iter().chain(by_fields) {
            let better =
                found.get(&candidate.twin).is_none_or(|m| m.probability < candidate.probability);
            if better {
                found.insert(candidate.twin, candidate);
            }
        }
        let mut found: Vec<Match> = found.into_values().collect();
        self.engine().read(|state| {
            let view = View { state, scope: self.engine().scope(None, None) };
            found.retain(|candidate| is_of(&view, candidate.twin, &probe.models));
        });
        found.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.twin.cmp(&b.twin)));
        found.truncate(probe.limit);
        found
    }

    /// What records say is compared with what is known; a record speaks for the twin that it means.
    async fn by_fields(&self, probe: &Probe) -> Vec<Match> {
        if probe.fields.is_empty() {
            return Vec::new();
        }
        let texts = FIELD_NAMES.map(|name| probe.fields.get(name).map(|t| t.to_string()));
        if texts.iter().all(Option::is_none) {
            return Vec::new();
        }
        let likely = self.likely(probe.system.as_deref().unwrap_or(NO_SYSTEM).to_owned(), texts);
        let scope = self.engine().scope(None, None);
        let likely = likely.await;
        self.engine().read(|state| {
            let view = View { state, scope };
            let found = likely.into_iter().filter_map(|likely| {
                let twin = view.resolve(&likely.key)?.value.twin;
                let (probability, weights) = (likely.probability, likely.weights);
                Some(Match { twin, probability, weights })
            });
            found.collect()
        })
    }

    async fn likely(&self, system: String, texts: [Option<String>; FIELDS]) -> Vec<Likely> {
        let asked = self.inner.learning.ask(self.engine(), move |matcher| {
            let texts: Texts<'_> =
                std::array::from_fn(|at| texts[at].as_deref().unwrap_or_default());
            matcher.likely(&system, &texts)
        });
        asked.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a probe broke off");
            Vec::new()
        })
    }

    fn by_text(&self, probe: &Probe) -> Vec<Match> {
        let Some(text) = &probe.text else { return Vec::new() };
        let exactly = self.named(text);
        let each = NAME_SAYS / exactly.len().max(1) as f64;
        // Some may not be of the models that are wanted.
        let beginning =
            self.named_like(text, if probe.models.is_empty() { probe.limit } else { NAMED_MAX });
        let weight = |weight: f64| {
            let weight = (weight * 100.0).round() / 100.0;
            vec![Weight {
                comparison: "name".into(),
                outcome: None,
                left: Some(text.as_str().into()),
                right: None,
                weight,
            }]
        };
        let of = |twin: TwinId, probability: f64| Match {
            twin,
            probability,
            weights: weight((probability / (1.0 - probability)).log2()),
        };
        let exact = exactly.into_iter().map(|twin| of(twin, each));
        let beginning = beginning.into_iter().map(|twin| of(twin, BEGINNING_SAYS));
        // As many as share the most words may be meant alike. All are divided by them, so that their order stays.
        let alike = self.named_alike(text, ALIKE_MAX);
        let most = alike.first().map_or(0.0, |(_, share)| *share);
        let rivals = alike.iter().filter(|(_, share)| *share == most).count().max(1);
        let alike = alike
            .iter()
            .filter(|(_, share)| *share >= SHARED_MIN)
            .map(|(twin, share)| of(*twin, WORDS_SAY * share / rivals as f64));
        exact.chain(beginning).chain(alike).collect()
    }
}

fn is_of(view: &View<'_>, twin: TwinId, models: &[Dtmi]) -> bool {
    view.twin(twin).is_some_and(|(_, existence)| {
        let is = &existence.value.model;
        models.is_empty() || models.iter().any(|model| view.state.catalogue.is_a(is, model))
    })
}
