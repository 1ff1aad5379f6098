//! The asset world: one configuration for equipment lists, registries and gateways of any maker.

use super::super::asset::explain::explain;
use super::super::asset::golden::{Golden, golden};
use super::super::asset::history::{self, Event, Meaning, Traced};
use super::super::asset::links::{Link, links};
use super::super::asset::resolve::{Resolution, resolve};
use super::super::asset::sheet::Sheet;
use super::super::explain::Explanation;
use super::super::settings::Thresholds;

/// From which probability on pairs are linked by themselves, shown to a person, and kept at all.
pub const THRESHOLDS: Thresholds = Thresholds { link: 0.9, review: 0.08, keep: 0.01 };

/// What matching found among records of assets.
pub struct Assets {
    /// Records as read, weights as learnt, units.
    pub resolution: Resolution,
    /// Pairs by rows; two rows are one unit exactly where the probability is at least one half.
    pub links: Vec<Link>,
}

impl Assets {
    /// Matches records of which only the present is known.
    pub fn match_records(sheet: &Sheet) -> Self {
        let resolution = resolve(sheet, &[]);
        let links = links(&resolution);
        Self { resolution, links }
    }

    /// Matches records with their past, and tells what each id meant when; the sheet holds the rows.
    pub fn match_feed(events: &[Event]) -> (Self, Sheet, Vec<Meaning>) {
        let (meanings, Traced { sheet, found: resolution, .. }) = history::follow(events);
        let links = links(&resolution);
        (Self { resolution, links }, sheet, meanings)
    }

    /// The golden values of each unit, by its number.
    pub fn golden(&self, sheet: &Sheet) -> Vec<Golden> {
        golden(sheet, &self.resolution)
    }

    /// The pair of two rows, if it was kept.
    pub fn link(&self, a: u32, b: u32) -> Option<&Link> {
        let key = (a.min(b), a.max(b));
        self.links
            .binary_search_by_key(&key, |link| (link.a, link.b))
            .ok()
            .map(|at| &self.links[at])
    }

    /// Why two rows have their probability.
    pub fn explain(&self, sheet: &Sheet, a: u32, b: u32) -> Explanation {
        let Resolution { world, model, .. } = &self.resolution;
        explain(world, model, sheet, (a.min(b), a.max(b)), self.link(a, b))
    }
}
