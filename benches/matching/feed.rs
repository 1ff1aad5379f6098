//! Assets with a past: what each id meant, when.

use std::path::PathBuf;

use super::as_of::{self, Meanings, OverTime};
use super::assets::UNITS;
use super::board::Board;
use super::generated::{self, World};
use super::process;

/// F1 of pairs that touch a record which changed its meaning, on 24 days.
const REPOINTED: f64 = 0.98;

/// Measures a feed of level 2.
pub fn measure(board: &mut Board) {
    for seed in generated::seeds() {
        board.about(&format!("Assets over time, level 2, {UNITS} units, seed {seed}"));
        match look(seed) {
            Ok(found) => {
                board.note("F1 as of 24 days", &format!("{:.4}", found.all.f1()));
                let name = "F1 as of 24 days, re-pointed records";
                board.share(name, Some(found.repointed.f1()), REPOINTED);
            }
            Err(problem) => board.skip(&problem),
        }
    }
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
