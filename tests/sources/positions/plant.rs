//! An engine whose records are matched, and what is asked of it.

use std::sync::Arc;

use counterpart::curation::{Curated, Curator, Thresholds};
use counterpart::domain::graph::Direction;
use counterpart::domain::id::{ExternalId, Position, TwinId};
use counterpart::domain::view::View;
use counterpart::sources::declaration::Declaration;
use counterpart::sources::import::{Report, import};
use counterpart::sources::text::Input;

use crate::engine::Target;
use crate::expect::base_models;

/// See above.
pub struct Plant {
    target: Target,
    curator: Curator,
}

impl Plant {
    /// With the base models.
    pub async fn new() -> Self {
        let target = Target::new().await;
        let curator = Curator::start(target.0.clone(), None, Thresholds::default()).await;
        let plant = Self { target, curator };
        assert!(plant.import(&base_models(), &[]).await.is_complete());
        plant
    }

    /// Imports files, and matches their records.
    pub async fn import(&self, inputs: &[Input], sources: &[Arc<Declaration>]) -> Report {
        let curated = Curated::new(&self.curator, "test");
        import(&curated, inputs, sources, &mut |_| {}).await
    }

    /// The same, of which nothing may be lost; and once more, which must change nothing.
    pub async fn imported(&self, inputs: &[Input], sources: &[Arc<Declaration>]) -> Report {
        let report = self.import(inputs, sources).await;
        assert!(report.is_complete(), "{report}");
        let again = self.import(inputs, sources).await;
        assert_eq!((again.total().changed, again.errors), (0, 0), "{again}");
        let matching = again.matching.unwrap_or_default();
        assert_eq!((matching.created, matching.matched, matching.raised), (0, 0, 0), "{matching}");
        report
    }

    /// How far the log goes.
    pub fn now_known(&self) -> Position {
        self.target.0.head()
    }

    fn view<T>(
        &self,
        (moment, known): (&str, Option<Position>),
        look: impl FnOnce(&View<'_>) -> T,
    ) -> T {
        let scope = self.target.0.scope(Some(moment.parse().unwrap()), known);
        self.target.0.read(|state| look(&View { state, scope }))
    }

    /// The twin that an id (`system:scope:id`, or `system:id`) means at a moment.
    pub fn twin(&self, id: &str, moment: &str) -> Option<TwinId> {
        self.view((moment, None), |view| Some(view.resolve(&external(id))?.value.twin))
    }

    /// The golden value of a property.
    pub fn value(&self, twin: TwinId, path: &str, moment: &str) -> Option<String> {
        self.view((moment, None), |view| {
            Some(view.property(twin, path)?.value.as_str()?.to_owned())
        })
    }

    /// The serial numbers of what occupies a position at a moment, as known at a position of the log.
    pub fn occupants(&self, id: &str, moment: &str, known: Option<Position>) -> Vec<String> {
        self.view((moment, known), |view| {
            let Some(link) = view.resolve(&external(id)) else { return Vec::new() };
            let edges = view.edges(link.value.twin, Direction::Incoming);
            let occupying = edges.iter().filter(|edge| &*edge.ends.name == "occupies");
            let serial =
                |twin| Some(view.property(twin, "serialNumber")?.value.as_str()?.to_owned());
            let mut found: Vec<String> =
                occupying.map(|e| serial(e.ends.source).unwrap_or_default()).collect();
            found.sort();
            found
        })
    }
}

/// An id as it is written.
pub fn external(id: &str) -> ExternalId {
    let parts: Vec<&str> = id.split(':').collect();
    match parts[..] {
        [system, id] => ExternalId::new(system, "", id),
        [system, scope, id] => ExternalId::new(system, scope, id),
        _ => panic!("{id}"),
    }
    .unwrap()
}

/// A table of text as a file.
pub fn table(name: &str, header: &str, rows: &[&str]) -> Input {
    let text = std::iter::once(header).chain(rows.iter().copied()).collect::<Vec<_>>().join("\n");
    Input::bytes(name, text.into_bytes())
}
