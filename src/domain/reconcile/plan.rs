//! Settings made ready for work: every name resolved.

use std::sync::Arc;

use super::cluster::{AverageLink, BestLink, Cluster, Components, OneToOne};
use super::compare::{Compare, FieldComparison};
use super::error::SettingsError;
use super::key::{FieldKey, Key};
use super::pattern::{Pattern, PatternLayout};
use super::registry::Registry;
use super::rule::Rule;
use super::settings::{
    BlockSettings, ClusterSettings, CompareSettings, FieldSettings, KeyKind, KeySettings, LinkType,
    Settings,
};
use super::structure::Structure;
use super::table::{FieldPlan, RawRecord, Table};

/// A comparison, and what is declared about it.
pub struct Comparison {
    /// What the settings say.
    pub settings: CompareSettings,
    /// The places of its fields.
    pub fields: Vec<usize>,
    pub(super) compare: Box<dyn Compare>,
}

/// A blocking rule: all its keys have to agree.
pub(super) struct Blocking {
    pub settings: BlockSettings,
    pub keys: Vec<Box<dyn Key>>,
    /// The places of the fields that its keys are made of.
    pub fields: Vec<usize>,
}

/// Settings with every name resolved, and what has been worked out about a table's values.
pub struct Plan {
    settings: Settings,
    fields: Vec<FieldPlan>,
    comparisons: Vec<Comparison>,
    layout: PatternLayout,
    pub(super) blockings: Vec<Blocking>,
    pub(super) rules: Vec<Rule>,
    structures: Vec<Arc<dyn Structure>>,
    clustering: Arc<dyn Cluster>,
}

impl Plan {
    /// Resolves all names.
    ///
    /// # Errors
    /// When the settings name something that there is not, or contradict themselves.
    pub fn new(settings: Settings, registry: &Registry) -> Result<Self, SettingsError> {
        let fields = fields(&settings.fields, registry)?;
        let comparisons = settings
            .comparisons
            .iter()
            .map(|declared| comparison(declared, &settings.fields, registry))
            .collect::<Result<Vec<_>, _>>()?;
        if comparisons.is_empty() {
            return Err(SettingsError::invalid("`compare`", "declare at least one comparison"));
        }
        let outcomes: Vec<usize> =
            comparisons.iter().map(|c| c.settings.levels.len() + 2).collect();
        let layout = PatternLayout::new(&outcomes).ok_or_else(|| {
            let problem = "the levels of all comparisons need more than 64 bits; use fewer levels";
            SettingsError::invalid("`compare`", problem)
        })?;
        let blockings = settings
            .blocks
            .iter()
            .enumerate()
            .map(|(index, declared)| blocking(index, declared, &settings.fields, registry))
            .collect::<Result<Vec<_>, _>>()?;
        if blockings.is_empty() {
            return Err(SettingsError::invalid("`block`", "declare at least one blocking rule"));
        }
        let rules = settings
            .rules
            .iter()
            .map(|declared| Rule::new(declared, &settings, registry))
            .collect::<Result<Vec<_>, _>>()?;
        let clustering = clustering(&settings.cluster, registry)?;
        check_thresholds(&settings)?;
        let structures = registry.structures().to_vec();
        Ok(Self { settings, fields, comparisons, layout, blockings, rules, structures, clustering })
    }

    /// What the plan was made of.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The comparisons, in the order of the settings.
    pub fn comparisons(&self) -> &[Comparison] {
        &self.comparisons
    }

    /// Where the comparisons' levels stand in a pattern.
    pub fn layout(&self) -> &PatternLayout {
        &self.layout
    }

    /// An empty table for records with these raw columns.
    pub fn table(&self, raw_columns: &[&str]) -> Table {
        Table::new(&self.fields, raw_columns)
    }

    /// A table of these records.
    pub fn table_of(&self, raw_columns: &[&str], records: &[RawRecord<'_>]) -> Table {
        let mut table = self.table(raw_columns);
        table.extend(records);
        table
    }

    /// Works out what keys, comparisons and rules need to know about all values. To be called when
    /// a table is filled; [`Plan::extend`] does when a few records came.
    pub fn prepare(&mut self, table: &Table) {
        for comparison in &mut self.comparisons {
            comparison.compare.prepare(table);
        }
        self.prepare_keys(table);
    }

    /// Works out what is needed about new values only.
    pub fn extend(&mut self, table: &Table) {
        for comparison in &mut self.comparisons {
            comparison.compare.extend(table);
        }
        self.prepare_keys(table);
    }

    fn prepare_keys(&mut self, table: &Table) {
        let blocking_keys = self.blockings.iter_mut().flat_map(|b| &mut b.keys);
        let rule_keys = self.rules.iter_mut().flat_map(|r| &mut r.keys);
        for key in blocking_keys.chain(rule_keys) {
            key.prepare(table);
        }
    }

    /// The levels of all comparisons of a pair.
    pub fn compare(&self, table: &Table, a: u32, b: u32) -> Pattern {
        self.comparisons.iter().enumerate().fold(0, |pattern, (index, comparison)| {
            pattern | self.layout.place(index, comparison.compare.level(table, a, b))
        })
    }

    /// Whether the link type allows a pair.
    #[inline]
    pub fn allows(&self, table: &Table, a: u32, b: u32) -> bool {
        match self.settings.link {
            LinkType::Both => a != b,
            LinkType::Dedupe => a != b && table.source(a) == table.source(b),
            LinkType::Link => table.source(a) != table.source(b),
        }
    }

    pub(super) fn structures(&self) -> &[Arc<dyn Structure>] {
        &self.structures
    }

    pub(super) fn clustering(&self) -> &dyn Cluster {
        &*self.clustering
    }
}

/// The place of a declared field.
pub(super) fn place_of(
    place: &str,
    fields: &[FieldSettings],
    name: &str,
) -> Result<usize, SettingsError> {
    fields.iter().position(|field| field.name == name).ok_or_else(|| SettingsError::UnknownField {
        place: place.to_owned(),
        name: name.to_owned(),
        known: fields.iter().map(|f| format!("`{}`", f.name)).collect::<Vec<_>>().join(", "),
    })
}

/// A key, and the fields that it is made of.
pub(super) fn key(
    place: &str,
    declared: &KeySettings,
    fields: &[FieldSettings],
    registry: &Registry,
) -> Result<(Box<dyn Key>, Vec<usize>), SettingsError> {
    let names = std::iter::once(&declared.field).chain(&declared.also);
    let places = names.map(|f| place_of(place, fields, f)).collect::<Result<Vec<_>, _>>()?;
    let key: Box<dyn Key> = match &declared.kind {
        KeyKind::Custom(name) => registry.key(place, name)?(&places),
        kind => Box::new(FieldKey::new(places[0], kind.clone())),
    };
    Ok((key, places))
}

fn fields(
    declared: &[FieldSettings],
    registry: &Registry,
) -> Result<Vec<FieldPlan>, SettingsError> {
    let mut plans: Vec<FieldPlan> = Vec::with_capacity(declared.len());
    for field in declared {
        let place = format!("field `{}`", field.name);
        if plans.iter().any(|plan| *plan.name == *field.name) {
            return Err(SettingsError::invalid(place, "it is declared twice; remove one"));
        }
        let from: Vec<Arc<str>> = if field.from.is_empty() {
            vec![field.name.as_str().into()]
        } else {
            field.from.iter().map(|name| name.as_str().into()).collect()
        };
        let normalise = field
            .normalise
            .iter()
            .map(|name| registry.normaliser(&place, name))
            .collect::<Result<Vec<_>, _>>()?;
        plans.push(FieldPlan { name: field.name.as_str().into(), from, normalise });
    }
    Ok(plans)
}

fn comparison(
    declared: &CompareSettings,
    fields: &[FieldSettings],
    registry: &Registry,
) -> Result<Comparison, SettingsError> {
    let place = format!("comparison `{}`", declared.name);
    let places = declared
        .fields
        .iter()
        .map(|name| place_of(&place, fields, name))
        .collect::<Result<Vec<_>, _>>()?;
    if places.is_empty() {
        return Err(SettingsError::invalid(place, "name at least one field"));
    }
    if declared.levels.is_empty() {
        return Err(SettingsError::invalid(place, "declare at least one level"));
    }
    let compare: Box<dyn Compare> = match &declared.custom {
        Some(name) => registry.comparison(&place, name)?(declared, &places),
        None => Box::new(FieldComparison::new(declared, &places)),
    };
    Ok(Comparison { settings: declared.clone(), fields: places, compare })
}

fn blocking(
    index: usize,
    declared: &BlockSettings,
    fields: &[FieldSettings],
    registry: &Registry,
) -> Result<Blocking, SettingsError> {
    let place = format!("blocking rule {}", index + 1);
    if declared.keys.is_empty() {
        return Err(SettingsError::invalid(place, "name at least one key"));
    }
    let mut keys = Vec::new();
    let mut used = Vec::new();
    for declared in &declared.keys {
        let (key, places) = key(&place, declared, fields, registry)?;
        keys.push(key);
        used.extend(places);
    }
    Ok(Blocking { settings: declared.clone(), keys, fields: used })
}

fn clustering(
    declared: &ClusterSettings,
    registry: &Registry,
) -> Result<Arc<dyn Cluster>, SettingsError> {
    Ok(match declared {
        ClusterSettings::Components => Arc::new(Components),
        ClusterSettings::AverageLink => Arc::new(AverageLink),
        ClusterSettings::BestLink => Arc::new(BestLink),
        ClusterSettings::OneToOne => Arc::new(OneToOne),
        ClusterSettings::Custom(name) => registry.clustering(name)?,
    })
}

fn check_thresholds(settings: &Settings) -> Result<(), SettingsError> {
    let t = settings.thresholds;
    let inside = [t.link, t.review, t.keep].iter().all(|p| *p > 0.0 && *p < 1.0);
    if inside && t.keep <= t.review && t.review <= t.link {
        return Ok(());
    }
    let problem = "they are probabilities between 0 and 1 with keep ≤ review ≤ link";
    Err(SettingsError::invalid("`thresholds`", problem))
}

impl Comparison {
    /// The name of a level: of the settings (or of its test), "missing" or "else".
    pub fn level_name(&self, level: u8) -> String {
        let Some(index) = usize::from(level).checked_sub(1) else { return "missing".to_owned() };
        match self.settings.levels.get(index) {
            None => "else".to_owned(),
            Some(declared) if declared.name.is_empty() => format!("{:?}", declared.test),
            Some(declared) => declared.name.clone(),
        }
    }
}
