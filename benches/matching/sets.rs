//! The labelled sets, with what a user gets by default.

use std::path::PathBuf;

use counterpart::domain::reconcile::Thresholds;

use super::board::Board;
use super::generated;
use super::process;
use super::truth::{Rates, Truth};

/// Each set, and the best F1 of pairs that others reach on it.
const SETS: [(&str, Option<f64>); 6] = [
    ("febrl1", None),
    ("febrl2", None),
    ("febrl3", Some(0.9986)),
    ("febrl4", Some(0.9997)),
    ("fake_1000", None),
    ("historical_50k", Some(0.826)),
];

/// Share of the pairs that a person is asked about that must be true.
pub const DOUBTFUL: f64 = 1.0 / 3.0;

/// Measures all sets.
pub fn measure(board: &mut Board) {
    for (name, best) in SETS {
        board.about(&format!("People, {name}"));
        let folder = generated::matching().map(|folder| folder.join("data").join(name));
        match folder.ok_or("../shared/matching is absent".to_owned()).and_then(look) {
            Ok(rates) => report(board, &rates, best),
            Err(problem) => board.skip(&problem),
        }
    }
}

fn look(folder: PathBuf) -> Result<Rates, String> {
    let (records, pairs) = (folder.join("records.csv.gz"), folder.join("pairs.csv.gz"));
    let answers = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (scores, clusters) = (answers.path().join("scores"), answers.path().join("clusters"));
    let mut arguments = ["match", "files", "--scores"].map(PathBuf::from).to_vec();
    arguments.extend([scores.clone(), "--clusters".into(), clusters.clone(), records.clone()]);
    process::counterpart(&arguments)?;
    let Thresholds { review, link, .. } = Thresholds::default();
    Truth::read(&records, &pairs)?.rates(&scores, &clusters, (review, link))
}

fn report(board: &mut Board, rates: &Rates, best: Option<f64>) {
    let f1 = rates.pairs.f1();
    match best {
        Some(best) => board.share("F1 of pairs", Some(f1), best),
        None => board.note("F1 of pairs", &format!("{f1:.4}")),
    }
    board.note("F1 of clusters", &format!("{:.4}", rates.clusters.f1()));
    let Thresholds { review, link, .. } = Thresholds::default();
    let shown = |share: Option<f64>| share.map_or("none".to_owned(), |share| format!("{share:.4}"));
    let linked = shown(rates.linked.precision());
    board.note(&format!("precision of links ({link} or more)"), &linked);
    let name = format!("true among doubtful pairs ({review} or more)");
    board.share(&name, rates.doubtful.precision(), DOUBTFUL);
}
