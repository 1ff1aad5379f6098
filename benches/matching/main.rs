//! How right and how fast matching is.
//!
//! `cargo bench --bench matching` prints the quality on the labelled sets (`COUNTERPART_SHARED`
//! names the folder that holds `matching/data`), the time of a whole run over generated people, and
//! the time of one new record against 100,000. `COUNTERPART_BENCH_RECORDS` sets another number of
//! people than 1,000,000.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use counterpart::domain::reconcile::{
    Index, Phase, Plan, Progress, Quiet, RawRecord, Registry, Settings, Table, deduplicate, preset,
};

const COLUMNS: [&str; 9] =
    ["given", "surname", "number", "street", "suburb", "postcode", "state", "born", "ssn"];

fn main() {
    // `cargo test` builds and starts benches, too; there is nothing to test here.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    quality();
    let wanted = std::env::var("COUNTERPART_BENCH_RECORDS").ok().and_then(|n| n.parse().ok());
    whole_run(wanted.unwrap_or(1_000_000));
    one_record(100_000);
}

fn shared() -> Option<PathBuf> {
    let named = std::env::var_os("COUNTERPART_SHARED").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    named.into_iter().chain([beside]).find(|path| path.join("matching/data").is_dir())
}

/// The command on each labelled set: what a user gets by default.
fn quality() {
    let Some(shared) = shared() else {
        println!("quality: SKIPPED, ../shared/matching is absent");
        return;
    };
    for set in ["febrl1", "febrl2", "febrl3", "febrl4", "fake_1000", "historical_50k"] {
        let folder = shared.join("matching/data").join(set);
        let (records, pairs) = (folder.join("records.csv.gz"), folder.join("pairs.csv.gz"));
        if records.is_file() {
            println!("{set}: {}", rates(&records, &pairs));
        } else {
            println!("{set}: SKIPPED, it is absent");
        }
    }
}

fn rates(records: &Path, pairs: &Path) -> String {
    let program = env!("CARGO_BIN_EXE_counterpart");
    let mut command = Command::new(program);
    command.args(["match", "files"]).arg(records).arg("--truth").arg(pairs);
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => return format!("{program} cannot be run: {error}"),
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("F1")).collect();
    lines.join("; ")
}

/// A generator of numbers, always the same (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A word; small numbers come much more often than great ones, as with names.
    fn name(&mut self, words: usize) -> String {
        let most = 1 + self.below(words);
        let number = self.below(most);
        word(number)
    }
}

fn word(mut number: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "ren", "tor", "mi", "vex", "lu", "sa", "dor", "hel", "qui", "nor", "bri", "zan",
        "fel", "tra", "gun", "wil", "per", "ty", "mar",
    ];
    let mut text = String::new();
    for _ in 0..3 {
        text.push_str(SYLLABLES[number % 20]);
        number /= 20;
    }
    text
}

fn person(random: &mut Random) -> [String; 9] {
    let born = (1920 + random.below(85), 1 + random.below(12), 1 + random.below(28));
    [
        random.name(4_000),
        random.name(8_000),
        (1 + random.below(300)).to_string(),
        random.name(8_000),
        random.name(6_000),
        format!("{:04}", 800 + random.below(7_200)),
        word(random.below(8)),
        format!("{}{:02}{:02}", born.0, born.1, born.2),
        format!("{:07}", 1_000_000 + random.below(9_000_000)),
    ]
}

/// One to four mistakes: typing errors, missing values, another address.
fn copy(random: &mut Random, original: &[String; 9]) -> [String; 9] {
    let mut values = original.clone();
    for _ in 0..1 + random.below(4) {
        let field = random.below(9);
        if random.chance(15) {
            values[field].clear();
        } else if random.chance(8) {
            let moved = person(random);
            values[2..6].clone_from_slice(&moved[2..6]);
        } else if !values[field].is_empty() {
            let mut letters: Vec<char> = values[field].chars().collect();
            let place = random.below(letters.len());
            match random.below(3) {
                0 => letters.insert(place, '7'),
                1 => drop(letters.remove(place)),
                _ => letters[place] = '3',
            }
            values[field] = letters.into_iter().collect();
        }
    }
    values
}

/// So many records; the id tells the person.
fn people(records: usize) -> Vec<(String, [String; 9])> {
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut all = Vec::with_capacity(records + 4);
    let mut number = 0;
    while all.len() < records {
        let original = person(&mut random);
        let copies = [0, 0, 0, 0, 0, 0, 1, 1, 2, 3][random.below(10)];
        for place in 0..copies {
            let values = copy(&mut random, &original);
            all.push((format!("{number}-{place}"), values));
        }
        all.push((format!("{number}-o"), original));
        number += 1;
    }
    all.truncate(records);
    all
}

fn raw((id, values): &(String, [String; 9])) -> RawRecord<'_> {
    RawRecord { id, source: "a", values: values.iter().map(String::as_str).collect() }
}

fn settings(records: &[(String, [String; 9])]) -> Settings {
    let step = records.len().div_ceil(50_000).max(1);
    let sampled = records.iter().enumerate().filter(|(n, _)| preset::in_sample(*n, step));
    let sample: Vec<RawRecord<'_>> = sampled.map(|(_, record)| raw(record)).collect();
    preset::generic(&COLUMNS, &sample, records.len())
}

fn fill(plan: &Plan, records: &[(String, [String; 9])]) -> Table {
    let mut table = plan.table(&COLUMNS);
    for batch in records.chunks(65_536) {
        let batch: Vec<RawRecord<'_>> = batch.iter().map(raw).collect();
        table.extend(&batch);
    }
    table.shrink();
    table
}

struct Watch(Instant);

impl Progress for Watch {
    fn phase(&mut self, phase: Phase) {
        println!("  {:6.2} s: {phase:?}", self.0.elapsed().as_secs_f64());
    }
}

fn whole_run(count: usize) {
    let records = people(count);
    let before = (memory_mib("VmRSS:"), cpu_seconds());
    let start = Instant::now();
    let mut plan = Plan::new(settings(&records), &Registry::generic()).expect("settings fit");
    let table = fill(&plan, &records);
    println!("{count} records\n  {:6.2} s: normalised", start.elapsed().as_secs_f64());
    let found = deduplicate(&mut plan, &table, None, &mut Watch(start));
    let took = start.elapsed().as_secs_f64();
    let cpu = cpu_seconds() - before.1;
    let person = |row: u32| table.id(row).split('-').next();
    let linked = found.pairs.iter().filter(|pair| pair.probability() >= 0.5);
    let (mut right, mut all) = (0_usize, 0_usize);
    for pair in linked {
        all += 1;
        right += usize::from(person(pair.a) == person(pair.b));
    }
    let groups = records.chunk_by(|a, b| a.0.split('-').next() == b.0.split('-').next());
    let truth: usize = groups.map(|group| group.len() * (group.len() - 1) / 2).sum();
    let f1 = 2.0 * right as f64 / (all + truth) as f64;
    println!(
        "  {took:6.2} s in total, {cpu:.1} s of CPU, {} pairs compared, F1 {f1:.4}, \
         {} clusters, peak {} MiB, of which {} MiB are the generator's",
        found.compared,
        found.clusters.groups().len(),
        memory_mib("VmHWM:"),
        before.0,
    );
}

fn one_record(count: usize) {
    let records = people(count + 2_000);
    let (known, new) = records.split_at(count);
    let mut plan = Plan::new(settings(known), &Registry::generic()).expect("settings fit");
    let table = fill(&plan, known);
    let model = deduplicate(&mut plan, &table, None, &mut Quiet).model;
    let mut index = Index::new(plan, table, &model);
    let mut times: Vec<Duration> = new
        .iter()
        .map(|record| {
            let record = raw(record);
            let start = Instant::now();
            std::hint::black_box(index.query(&record, 10));
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let at = |share: f64| times[(share * (times.len() - 1) as f64) as usize];
    println!("one record against {count}: p50 {:?}, p99 {:?}", at(0.5), at(0.99));
}

/// A line of the kernel's account of this process; 0 where there is none.
fn memory_mib(line: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find_map(|text| text.strip_prefix(line));
    let kib = found.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

/// Processor seconds of this process; 0 where the kernel does not tell.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split(' ').collect();
    let ticks = |place: usize| fields.get(place).and_then(|f| f.parse::<f64>().ok());
    // Ticks of 1/100 s, in user and in kernel mode.
    (ticks(12).unwrap_or(0.0) + ticks(13).unwrap_or(0.0)) / 100.0
}
