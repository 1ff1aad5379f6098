//! One new record against a hundred thousand, people and assets.

use std::hint::black_box;
use std::time::{Duration, Instant};

use counterpart::domain::reconcile::asset::index::AssetIndex;
use counterpart::domain::reconcile::asset::sheet::{FIELD_NAMES, FIELDS, Sheet};
use counterpart::domain::reconcile::preset::{self, Assets};
use counterpart::domain::reconcile::{Index, Plan, Quiet, RawRecord, Registry, deduplicate};

use super::board::{Board, Goal};
use super::generated::{self, World};
use super::people::{self, COLUMNS, Person};
use super::tables;

/// Records that are there.
const KNOWN: usize = 100_000;
/// Records that are asked about.
const ASKED: usize = 2_000;
/// Candidates that are wanted.
const MOST: usize = 10;
/// Milliseconds that are too long.
const LONG_MS: f64 = 5.0;

/// Measures both indexes.
pub fn measure(board: &mut Board) {
    board.about(&format!("One new person against {KNOWN}"));
    report(board, of_people());
    board.about(&format!("One new record of an asset against {KNOWN}"));
    match of_assets() {
        Ok(times) => report(board, times),
        Err(problem) => board.skip(&problem),
    }
}

fn report(board: &mut Board, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[(share * (times.len() - 1) as f64) as usize].as_secs_f64() * 1e3;
    board.note("half of the questions take at most", &format!("{:.3} ms", at(0.5)));
    let p99 = at(0.99);
    let name = "99 of 100 questions take at most, in ms";
    board.bar(name, p99, &format!("{p99:.3} ms"), Goal::Below(LONG_MS));
}

fn timed(ask: impl FnOnce()) -> Duration {
    let start = Instant::now();
    ask();
    start.elapsed()
}

fn raw((id, values): &Person) -> RawRecord<'_> {
    RawRecord { id, source: "a", values: values.iter().map(String::as_str).collect() }
}

fn of_people() -> Vec<Duration> {
    let people = people::people(KNOWN + ASKED);
    let (known, new) = people.split_at(KNOWN);
    let known: Vec<RawRecord<'_>> = known.iter().map(raw).collect();
    let settings = preset::generic(&COLUMNS, &known, known.len());
    let mut plan = Plan::new(settings, &Registry::generic()).expect("settings fit");
    let table = plan.table_of(&COLUMNS, &known);
    let model = deduplicate(&mut plan, &table, None, &mut Quiet).model;
    let mut index = Index::new(plan, table, &model);
    let ask = |person| {
        let record = raw(person);
        timed(|| drop(black_box(index.query(&record, MOST))))
    };
    new.iter().map(ask).collect()
}

/// A record: its id, its source, its fields.
type Record = (String, String, [String; FIELDS]);

fn of_assets() -> Result<Vec<Duration>, String> {
    let seed = generated::seeds()[0];
    let units = (KNOWN + ASKED) / 5 * 2;
    let folder = generated::make(World { level: 2, seed, units, novel: 0.0, past: false })?;
    let mut records = read(&folder)?;
    if records.len() < KNOWN + ASKED {
        return Err(format!("{units} units have {} records only", records.len()));
    }
    // The file goes by systems; every so manieth record is new, so that all systems are asked about.
    let step = records.len() / ASKED;
    let mut place = 0;
    let new: Vec<Record> = records
        .extract_if(.., |_| {
            place += 1;
            place % step == 0
        })
        .take(ASKED)
        .collect();
    let mut sheet = Sheet::default();
    for (id, source, texts) in records.iter().take(KNOWN) {
        sheet.push(id, source, &texts.each_ref().map(String::as_str));
    }
    let found = Assets::match_records(&sheet).resolution;
    let mut index = AssetIndex::new(sheet, found);
    let ask = |(id, source, texts): &Record| {
        let texts = texts.each_ref().map(String::as_str);
        timed(|| drop(black_box(index.query(source, id, &texts, MOST))))
    };
    Ok(new.iter().map(ask).collect())
}

fn read(folder: &generated::Folder) -> Result<Vec<Record>, String> {
    let path = folder.file("records.csv");
    let ids = tables::read(&path, ["record_id", "source"])?;
    let fields = tables::read_some(&path, FIELD_NAMES)?;
    Ok(ids.into_iter().zip(fields).map(|([id, source], texts)| (id, source, texts)).collect())
}
