//! A million records as a whole process: reading the file, normalising, blocking, learning, scoring, clustering.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::board::{Board, Goal};
use super::generated::{self, World};
use super::people::{self, COLUMNS};
use super::process::{self, Spent};

/// Runs of which the median counts.
const RUNS: usize = 3;
/// Splink's seconds for a million people, and for a million assets.
const SPLINK_S: (f64, f64) = (140.0, 186.0);
/// How many times as fast as that it should be.
const FASTER: f64 = 10.0;
/// MiB that are too much.
const MEMORY_MIB: f64 = 3_072.0;
/// Records of one generated thing, roughly.
const RECORDS_PER_UNIT: f64 = 2.57;

fn wanted() -> usize {
    let wanted = std::env::var("COUNTERPART_BENCH_RECORDS").ok().and_then(|n| n.parse().ok());
    wanted.unwrap_or(1_000_000)
}

/// Measures people.
pub fn people(board: &mut Board) {
    let records = wanted();
    board.about(&format!("{records} people, whole process"));
    let found = tempfile::tempdir().map_err(|error| error.to_string()).and_then(|folder| {
        let path = folder.path().join("records.csv");
        let pairs = folder.path().join("pairs.csv");
        write(&path, &pairs, records).map_err(|error| error.to_string())?;
        run(&path, &pairs, &[])
    });
    report(board, records, SPLINK_S.0, found);
}

/// Measures assets.
pub fn assets(board: &mut Board) {
    let units = (wanted() as f64 / RECORDS_PER_UNIT) as usize;
    let seed = generated::seeds()[0];
    board.about(&format!("{} assets or so, level 2, seed {seed}, whole process", wanted()));
    let found = generated::make(World { level: 2, seed, units, novel: 0.0, past: false });
    let found = found.and_then(|folder| {
        let settings = ["--settings", "asset"];
        run(&folder.file("records.csv"), &folder.file("pairs.csv"), &settings)
    });
    report(board, wanted(), SPLINK_S.1, found);
}

/// The runs, fastest first, and what the answer's rates are.
fn run(path: &Path, pairs: &Path, settings: &[&str]) -> Result<(Vec<Spent>, String), String> {
    let mut arguments = ["match", "files"].map(PathBuf::from).to_vec();
    arguments.extend(settings.iter().map(PathBuf::from));
    arguments.push(path.to_owned());
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(process::counterpart(&arguments)?.1);
    }
    runs.sort_by_key(|run| run.wall);
    arguments.extend(["--truth".into(), pairs.to_owned()]);
    let (said, _) = process::counterpart(&arguments)?;
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("F1")).collect();
    Ok((runs, lines.join("\n  ")))
}

fn report(
    board: &mut Board,
    records: usize,
    splink_s: f64,
    found: Result<(Vec<Spent>, String), String>,
) {
    let (runs, rates) = match found {
        Ok(found) => found,
        Err(problem) => return board.skip(&problem),
    };
    let Spent { wall, cpu_s, peak_mib } = runs[runs.len() / 2];
    let wall_s = wall.as_secs_f64();
    board.note("time, median of three", &format!("{wall_s:.2} s"));
    board.note("processor time of that run", &format!("{cpu_s:.2} s"));
    let memory = format!("{peak_mib} MiB");
    board.bar("memory at most", peak_mib as f64, &memory, Goal::Below(MEMORY_MIB));
    if records == 1_000_000 {
        let faster = splink_s / wall_s;
        let name = format!("times as fast as Splink ({splink_s} s)");
        board.bar(&name, faster, &format!("{faster:.1}"), Goal::AtLeast(FASTER));
    }
    println!("  {rates}");
}

/// Writes people, and which of them are one.
fn write(records: &Path, pairs: &Path, count: usize) -> std::io::Result<()> {
    let all = people::people(count);
    let mut file = std::io::BufWriter::new(std::fs::File::create(records)?);
    writeln!(file, "record_id,source,{}", COLUMNS.join(","))?;
    for (id, values) in &all {
        writeln!(file, "{id},a,{}", values.join(","))?;
    }
    file.flush()?;
    let mut file = std::io::BufWriter::new(std::fs::File::create(pairs)?);
    writeln!(file, "id_a,id_b")?;
    for group in all.chunk_by(|a, b| a.0.split('-').next() == b.0.split('-').next()) {
        for (at, (a, _)) in group.iter().enumerate() {
            for (b, _) in &group[at + 1..] {
                writeln!(file, "{a},{b}")?;
            }
        }
    }
    file.flush()
}
