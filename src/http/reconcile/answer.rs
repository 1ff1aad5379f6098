//! Candidates for reconciliation queries.

use std::sync::Arc;

use serde_json::{Value, json};

use super::query::Query;
use crate::curation::{Curator, Match, Probe};
use crate::domain::id::TwinId;
use crate::domain::nameplate::NameplateRules;
use crate::domain::naming::display_name;
use crate::domain::reconcile::asset::sheet::check_field;
use crate::domain::view::View;
use crate::dtdl::{Catalogue, Dtmi};

/// From this probability on, a candidate that stands alone is called a match.
const MATCHES_FROM: f64 = 0.9;
/// A match stands alone when the next candidate is at most this probable.
const RIVAL_UP_TO: f64 = 0.5;

/// The candidates of one query, the best first.
pub async fn candidates(curation: &Curator, query: &Query) -> Value {
    let models: Vec<Dtmi> = query.types.iter().filter_map(|id| id.parse().ok()).collect();
    // Types of which none can be ours have no candidates.
    if models.is_empty() && !query.types.is_empty() {
        return json!([]);
    }
    let rules = NameplateRules::default();
    let fields = query.properties.iter().filter_map(|(id, values)| {
        let text = values.iter().find(|value| !value.trim().is_empty())?;
        Some((field_of(&rules, id)?, text.as_str().into()))
    });
    let probe = Probe {
        text: query.text.clone(),
        fields: fields.collect(),
        system: None,
        models,
        limit: query.limit.max(2),
    };
    let found = curation.probe(&probe).await;
    let alone = found.get(1).is_none_or(|next| next.probability <= RIVAL_UP_TO);
    let scope = curation.engine().scope(None, None);
    let candidates = found.iter().take(query.limit).enumerate();
    curation.engine().read(|state| {
        let view = View { state, scope };
        let candidates = candidates.map(|(rank, found)| {
            let is_match = rank == 0 && alone && found.probability >= MATCHES_FROM;
            candidate(&view, found, is_match)
        });
        Value::Array(candidates.collect())
    })
}

/// The field that matching reads for a property: of its own name, or known under it, as `serialNumber` is for `serial`.
fn field_of(rules: &NameplateRules, property: &str) -> Option<Arc<str>> {
    let own = check_field(property).is_ok().then(|| property.into());
    own.or_else(|| rules.field_of(property).map(|(field, _)| field))
}

fn candidate(view: &View<'_>, found: &Match, is_match: bool) -> Value {
    let mut candidate = entity(view, found.twin);
    candidate["score"] = json!((found.probability * 1e4).round() / 1e2);
    candidate["match"] = json!(is_match);
    let features = found.weights.iter();
    candidate["features"] =
        features.map(|weight| json!({"id": weight.comparison, "value": weight.weight})).collect();
    candidate
}

/// A twin as an entity.
pub fn entity(view: &View<'_>, twin: TwinId) -> Value {
    let model = view.twin(twin).map(|(_, existence)| &existence.value.model);
    let types = model.map(|model| kind(&view.state.catalogue, model));
    let ids = view.external_ids(twin).into_iter().take(5);
    let ids: Vec<String> = ids.map(|(external, _)| external.to_string()).collect();
    json!({
        "id": twin.to_string(),
        "name": display_name(view, twin),
        "description": ids.join(", "),
        "type": types.into_iter().collect::<Vec<_>>(),
    })
}

/// A model as a type.
pub fn kind(catalogue: &Catalogue, model: &Dtmi) -> Value {
    let interface = catalogue.get(model);
    let name = interface.and_then(|i| i.display_name.any()).unwrap_or_else(|| model.last_segment());
    json!({"id": model.as_str(), "name": name})
}
