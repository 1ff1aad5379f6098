//! Assets with a past: what each id meant, when.

use std::path::PathBuf;

use super::as_of::{self, Meanings, OverTime};
use super::assets::UNITS;
use super::board::Board;
use super::generated::{self, World};
use super::process;

/// F1 of pairs that touch a record which changed its meaning, on 24 days: the mean of the seeds.
const REPOINTED: f64 = 0.98;

/// Measures feeds of level 2.
pub fn measure(board: &mut Board) {
    let seeds = generated::seeds();
    board.about(&format!("Assets over time, level 2, {UNITS} units, seeds {seeds:?}"));
    let found: Result<Vec<OverTime>, String> = seeds.iter().map(|&seed| look(seed)).collect();
    let found = match found {
        Ok(found) => found,
        Err(problem) => return board.skip(&problem),
    };
    for (seed, found) in seeds.iter().zip(&found) {
        let figures = format!("{:.4}, {:.4}", found.all.f1(), found.repointed.f1());
        board.note(&format!("F1 as of 24 days, re-pointed: seed {seed}"), &figures);
    }
    let sum: f64 = found.iter().map(|found| found.repointed.f1()).sum();
    let mean = sum / found.len() as f64;
    board.share("F1 as of 24 days, re-pointed records, mean", Some(mean), REPOINTED);
}

fn look(seed: u32) -> Result<OverTime, String> {
    let folder = generated::make(World { level: 2, seed, units: UNITS, novel: 0.0, past: true })?;
    let answers = tempfile::tempdir().map_err(|error| error.to_string())?;
    let meanings = answers.path().join("meanings");
    let words = ["match", "feed", "--xref"].map(PathBuf::from);
    let mut arguments = words.to_vec();
    arguments.extend([meanings.clone(), folder.file("events.csv")]);
    process::counterpart(&arguments)?;
    let truth = Meanings::read(&folder.file("xref_truth.csv"), "unit_id")?;
    Ok(as_of::compare(&truth, &Meanings::read(&meanings, "cluster_id")?))
}
