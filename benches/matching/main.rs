//! How right and how fast matching is, each figure beside its goal.
//!
//! `cargo bench --bench matching` measures everything; `-- assets feed` only these groups:
//!
//! | group | measures |
//! |---|---|
//! | `assets` | the asset generator's levels 1 to 4 and other makers: pairs, clusters, links, doubtful pairs, golden values |
//! | `feed` | what each id of the asset generator's feed meant, when |
//! | `sets` | the labelled sets of people |
//! | `people` | a million generated people as a whole process |
//! | `million` | a million generated assets as a whole process |
//! | `record` | one new record against 100,000, people and assets |
//!
//! `COUNTERPART_SHARED` names the folder that holds `matching/` (the labelled sets, the asset generator); where it or
//! Python is absent, what needs it is skipped. `COUNTERPART_BENCH_SEEDS` are the seeds of the asset generator,
//! `COUNTERPART_BENCH_RECORDS` another number than 1,000,000, `COUNTERPART_BENCH_DATA` a folder that keeps what was
//! generated for the next time.

mod as_of;
mod assets;
mod board;
mod feed;
mod generated;
mod golden;
mod people;
mod process;
mod record;
mod sets;
mod tables;
mod truth;
mod whole;

use board::Board;

/// What is measured together, by its name.
type Group = (&'static str, fn(&mut Board));

/// The groups, in the order in which they run.
const GROUPS: [Group; 6] = [
    ("assets", assets::measure),
    ("feed", feed::measure),
    ("sets", sets::measure),
    ("people", whole::people),
    ("million", whole::assets),
    ("record", record::measure),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test` builds and starts benches, too; there is nothing to test here.
    if arguments.iter().any(|argument| argument == "--test") {
        return;
    }
    let wanted: Vec<&String> = arguments.iter().filter(|a| !a.starts_with("--")).collect();
    if let Some(other) = wanted.iter().find(|name| !GROUPS.iter().any(|group| group.0 == **name)) {
        let names = GROUPS.map(|group| group.0).join(", ");
        eprintln!("there is no group `{other}`; there are {names}");
        std::process::exit(2);
    }
    let mut board = Board::default();
    for (name, measure) in GROUPS {
        if wanted.is_empty() || wanted.iter().any(|wanted| *wanted == name) {
            measure(&mut board);
        }
    }
    board.close();
}
