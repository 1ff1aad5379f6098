//! Settings for records that nobody has described: by what their columns hold.

use super::super::settings::{
    ClusterSettings, EstimateSettings, LinkType, PriorSettings, Settings, Thresholds,
};
use super::super::table::RawRecord;
use super::profile::{Kind, profiles};
use super::{blocking, columns};

/// Settings for records with these columns, by what they hold. No label is needed, and the names of
/// the columns mean nothing.
pub fn generic(raw_columns: &[&str], records: &[RawRecord<'_>]) -> Settings {
    let mut profiles = profiles(raw_columns, records);
    profiles.retain(|profile| profile.kind != Kind::Constant);
    let one_source = records.windows(2).all(|pair| pair[0].source == pair[1].source);
    Settings {
        name: "generic".to_owned(),
        link: if one_source { LinkType::Both } else { LinkType::Link },
        fields: profiles.iter().map(columns::field).collect(),
        blocks: blocking::rules(&profiles, records.len()),
        comparisons: profiles.iter().map(columns::comparison).collect(),
        rules: Vec::new(),
        thresholds: Thresholds::default(),
        prior: PriorSettings::default(),
        estimate: EstimateSettings::default(),
        cluster: if one_source { ClusterSettings::Components } else { ClusterSettings::OneToOne },
    }
}
