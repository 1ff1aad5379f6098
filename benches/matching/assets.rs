//! Assets that only the present is known of: pairs, clusters, links, doubtful pairs, golden values.

use std::path::PathBuf;

use counterpart::domain::reconcile::preset::ASSET_THRESHOLDS;

use super::board::Board;
use super::generated::{self, World};
use super::golden::{self, Filled};
use super::process;
use super::sets::DOUBTFUL;
use super::truth::{Rates, Tally, Truth};

/// Things in a world.
pub const UNITS: usize = 4_000;

/// Share of the links made without asking that must be right.
const LINKED: f64 = 0.99;
/// Levels on which [`LINKED`] must hold.
const LINKED_LEVEL_MAX: u8 = 3;

/// What is to be reached at a level: F1 of pairs and of clusters, as gradient boosting does that was trained on labels.
struct Case {
    name: &'static str,
    level: u8,
    novel: f64,
    pairs: f64,
    clusters: Option<f64>,
}

#[rustfmt::skip]
const CASES: [Case; 5] = [
    Case { name: "level 1", level: 1, novel: 0.0, pairs: 0.991, clusters: Some(0.983) },
    Case { name: "level 2", level: 2, novel: 0.0, pairs: 0.945, clusters: Some(0.944) },
    Case { name: "level 3", level: 3, novel: 0.0, pairs: 0.821, clusters: Some(0.834) },
    Case { name: "level 4", level: 4, novel: 0.0, pairs: 0.679, clusters: Some(0.708) },
    Case { name: "level 2, six of ten makers invented", level: 2, novel: 0.6, pairs: 0.942, clusters: None },
];

/// Measures all cases.
pub fn measure(board: &mut Board) {
    for case in &CASES {
        let seeds = generated::seeds();
        board.about(&format!("Assets, {}, {UNITS} units, seeds {seeds:?}", case.name));
        let worlds: Result<Vec<Seen>, String> =
            seeds.into_iter().map(|seed| look(case, seed)).collect();
        match worlds {
            Ok(worlds) => report(board, case, &worlds),
            Err(problem) => board.skip(&problem),
        }
    }
}

struct Seen {
    rates: Rates,
    golden: [Filled; 3],
}

fn look(case: &Case, seed: u32) -> Result<Seen, String> {
    let Case { level, novel, .. } = *case;
    let folder = generated::make(World { level, seed, units: UNITS, novel, past: true })?;
    let answers = tempfile::tempdir().map_err(|error| error.to_string())?;
    let answer = |name: &str| answers.path().join(name);
    let (scores, clusters, golden) = (answer("scores"), answer("clusters"), answer("golden"));
    let records = folder.file("records.csv");
    let words = ["match", "files", "--settings", "asset", "--scores"].map(PathBuf::from);
    let mut arguments = words.to_vec();
    arguments.extend([scores.clone(), "--clusters".into(), clusters.clone()]);
    arguments.extend(["--golden".into(), golden.clone(), records.clone()]);
    process::counterpart(&arguments)?;
    let truth = Truth::read(&records, &folder.file("pairs.csv"))?;
    let thresholds = (ASSET_THRESHOLDS.review, ASSET_THRESHOLDS.link);
    let rates = truth.rates(&scores, &clusters, thresholds)?;
    Ok(Seen { rates, golden: golden::of(&folder, &clusters, &golden)? })
}

fn report(board: &mut Board, case: &Case, worlds: &[Seen]) {
    let mean = |figure: &dyn Fn(&Rates) -> Tally| {
        let sum: f64 = worlds.iter().map(|world| figure(&world.rates).f1()).sum();
        Some(sum / worlds.len() as f64)
    };
    let together = |figure: &dyn Fn(&Rates) -> Tally| {
        let mut all = Tally::default();
        worlds.iter().for_each(|world| all.add(figure(&world.rates)));
        all.precision()
    };
    board.share("F1 of pairs, mean", mean(&|rates| rates.pairs), case.pairs);
    if let Some(goal) = case.clusters {
        board.share("F1 of clusters, mean", mean(&|rates| rates.clusters), goal);
    }
    let linked = together(&|rates| rates.linked);
    let name = format!("precision of links ({} or more)", ASSET_THRESHOLDS.link);
    match linked {
        Some(linked) if case.level > LINKED_LEVEL_MAX => board.note(&name, &format!("{linked:.4}")),
        linked => board.share(&name, linked, LINKED),
    }
    let name = format!("true among doubtful pairs ({} or more)", ASSET_THRESHOLDS.review);
    board.share(&name, together(&|rates| rates.doubtful), DOUBTFUL);
    golden::report(board, worlds.iter().map(|world| world.golden));
}
