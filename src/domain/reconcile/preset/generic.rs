//! Settings for records that nobody has described: by what their columns hold.

use super::super::settings::{
    ClusterSettings, EstimateSettings, LinkType, PriorSettings, Settings, Thresholds,
};
use super::super::table::RawRecord;
use super::profile::{Kind, Profile, contained, profiles, rest};
use super::{blocking, columns, swaps};

/// Settings for so many records with these columns, by what a sample of them holds. No label is
/// needed, and the names of the columns mean nothing.
pub fn generic(raw_columns: &[&str], sample: &[RawRecord<'_>], records: usize) -> Settings {
    let mut profiles = profiles(raw_columns, sample);
    profiles.retain(|profile| profile.kind != Kind::Constant);
    let profiles = without_repetition(profiles);
    let mut comparisons: Vec<_> = profiles.iter().map(columns::comparison).collect();
    comparisons.extend(swaps::comparisons(&profiles));
    let one_source = sample.windows(2).all(|pair| pair[0].source == pair[1].source);
    Settings {
        name: "generic".to_owned(),
        link: if one_source { LinkType::Both } else { LinkType::Link },
        fields: profiles.iter().map(columns::field).collect(),
        blocks: blocking::rules(&profiles, records),
        comparisons,
        rules: Vec::new(),
        thresholds: Thresholds::default(),
        prior: PriorSettings::default(),
        estimate: EstimateSettings::default(),
        cluster: if one_source { ClusterSettings::AverageLink } else { ClusterSettings::OneToOne },
        settle: true,
    }
}

/// Share of the records in which a column's words stand in another for it to be a part of that.
const PART_SHARE: f64 = 0.8;

/// Share of the records that must have something left of a column for it to stay.
const REST_SHARE: f64 = 0.01;

/// Takes out of each column what other columns say, too: a full name beside first and last name would
/// count the same evidence twice.
fn without_repetition(mut profiles: Vec<Profile>) -> Vec<Profile> {
    let words = |p: &Profile| p.values.iter().map(|v| v.split(' ').count()).sum::<usize>();
    let mut order: Vec<usize> = (0..profiles.len()).collect();
    order.sort_by_key(|&place| (words(&profiles[place]), place));
    let mut kept: Vec<usize> = Vec::new();
    for place in order {
        let whole = &profiles[place];
        let parts: Vec<&Profile> = kept
            .iter()
            .map(|&part| &profiles[part])
            .filter(|part| part.kind != Kind::Category && contained(part, whole) >= PART_SHARE)
            .collect();
        if !parts.is_empty() {
            let rest = rest(whole, &parts);
            if rest.filled < REST_SHARE || rest.kind == Kind::Constant {
                continue;
            }
            profiles[place] = rest;
        }
        kept.push(place);
    }
    let mut place = 0;
    profiles.retain(|_| {
        place += 1;
        kept.contains(&(place - 1))
    });
    profiles
}
