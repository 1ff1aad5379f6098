//! What `counterpart match` says with the asset preset.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use super::report::{self, line, waterfall};
use super::truth::Truth;
use crate::cli::output::Failure;
use crate::domain::reconcile::asset::golden::{GOLDEN_NAMES, Golden};
use crate::domain::reconcile::asset::sheet::{FIELD_NAMES, Sheet};
use crate::domain::reconcile::preset::{ASSET_THRESHOLDS, Assets};

/// What the preset looks at, for those who ask for its settings.
pub fn about() -> String {
    format!(
        "# The asset preset learns its weights from the records; only these columns are looked at:\n# {}\nlink = {}\nreview = {}\nkeep = {}",
        FIELD_NAMES.join(", "),
        ASSET_THRESHOLDS.link,
        ASSET_THRESHOLDS.review,
        ASSET_THRESHOLDS.keep
    )
}

/// The summary of a run.
pub fn summary(sheet: &Sheet, found: &Assets, phases: &[(String, Duration)]) -> String {
    let mut text = String::new();
    let at = |least: f64| found.links.iter().filter(|link| link.probability() >= least).count();
    let (linked, review) = (at(ASSET_THRESHOLDS.link), at(ASSET_THRESHOLDS.review));
    line(&mut text, "records", format!("{} of {} sources", sheet.len(), sheet.source_count()));
    line(&mut text, "compared", format!("{} pairs", found.resolution.pairs.len()));
    line(&mut text, "linked", format!("{linked} pairs at {} or above", ASSET_THRESHOLDS.link));
    line(
        &mut text,
        "review",
        format!("{} pairs from {} on", review - linked, ASSET_THRESHOLDS.review),
    );
    let units = found.resolution.units.iter().max().map_or(0, |last| last + 1);
    line(&mut text, "units", units.to_string());
    for (name, took) in phases {
        line(&mut text, "time", format!("{name} {:.2} s", took.as_secs_f64()));
    }
    let total: Duration = phases.iter().map(|(_, took)| *took).sum();
    line(&mut text, "time", format!("in total {:.2} s", total.as_secs_f64()));
    text.trim_end().to_owned()
}

/// How right the answer is.
///
/// # Errors
/// When the true pairs cannot be read.
pub fn rates(sheet: &Sheet, found: &Assets, path: &Path) -> Result<String, Failure> {
    let rows: HashMap<&str, u32> =
        (0..sheet.len()).map(|row| (sheet.id(row), row as u32)).collect();
    let truth = Truth::of_rows(path, &rows)?;
    let mut text = String::new();
    for (name, least) in [("pairs", 0.5), ("linked", ASSET_THRESHOLDS.link)] {
        let pairs = found.links.iter().filter(|link| link.probability() >= least);
        let rates = report::rates(truth.of_pairs(pairs.map(|link| (link.a, link.b))));
        line(&mut text, name, format!("{rates} at {least}"));
    }
    Ok(text.trim_end().to_owned())
}

/// Rows of `id_a,id_b,score`.
pub fn scores<'a>(sheet: &'a Sheet, found: &'a Assets) -> impl Iterator<Item = Vec<String>> + 'a {
    let id = |row: u32| sheet.id(row as usize).to_owned();
    found
        .links
        .iter()
        .map(move |link| vec![id(link.a), id(link.b), format!("{:.9}", link.probability())])
}

/// Rows of `record_id,cluster_id`; a cluster is named after its first record.
pub fn clusters<'a>(
    sheet: &'a Sheet,
    found: &'a Assets,
) -> impl Iterator<Item = [&'a str; 2]> + 'a {
    let mut first: Vec<Option<usize>> = vec![None; sheet.len()];
    (0..sheet.len()).map(move |row| {
        let name = *first[found.resolution.unit(row as u32) as usize].get_or_insert(row);
        [sheet.id(row), sheet.id(name)]
    })
}

/// The columns of a file of golden values.
pub fn golden_header() -> Vec<&'static str> {
    std::iter::once("cluster_id").chain(GOLDEN_NAMES).collect()
}

/// A row of a file of golden values.
pub fn golden_row(cluster: String, values: Golden) -> Vec<String> {
    std::iter::once(cluster).chain(values).collect()
}

/// Rows of golden values, the clusters named as in [`clusters`].
pub fn golden(sheet: &Sheet, found: &Assets) -> Vec<Vec<String>> {
    let units = found.golden(sheet);
    let mut first: Vec<Option<usize>> = vec![None; units.len()];
    for row in 0..sheet.len() {
        first[found.resolution.unit(row as u32) as usize].get_or_insert(row);
    }
    let named = units.into_iter().zip(first);
    named.filter_map(|(values, row)| Some(golden_row(sheet.id(row?).to_owned(), values))).collect()
}

/// Why two records have their probability.
///
/// # Errors
/// When there is no such record.
pub fn explained(sheet: &Sheet, found: &Assets, a: &str, b: &str) -> Result<String, Failure> {
    let row = |id: &str| {
        let row = (0..sheet.len()).find(|row| sheet.id(*row) == id);
        row.ok_or_else(|| Failure::Other(format!("there is no record `{id}` to explain")))
    };
    let (x, y) = (row(a)?, row(b)?);
    let (x, y) = (x.min(y), x.max(y));
    Ok(waterfall((sheet.id(x), sheet.id(y)), &found.explain(sheet, x as u32, y as u32)))
}
