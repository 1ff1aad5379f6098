//! How fast models load: the real ontologies, and a generated one in growing sizes.
//!
//! `cargo bench --bench dtdl` prints the best of several runs on one thread, which is what the
//! bars are about on a machine that others share. `COUNTERPART_SHARED` names the folder with
//! the ontologies; without them, only the generated ones are timed.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use counterpart::dtdl::{Catalogue, Document};

const RUNS: usize = 15;

fn main() {
    // `cargo test` builds and starts benches, too; there is nothing to test here.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    for (name, bar) in [
        ("rec-4", Some(50)),
        ("willow-building", Some(150)),
        ("isa95", None),
        ("building-v3", None),
    ] {
        match ontology(name) {
            Some(text) => time(name, &text, bar.map(Duration::from_millis)),
            None => println!("{name}: SKIPPED, ../shared is absent"),
        }
    }
    for count in [2_500, 5_000, 10_000, 20_000] {
        time(&format!("generated, {count} interfaces"), &generated(count), None);
    }
}

fn ontology(name: &str) -> Option<String> {
    let named = std::env::var_os("COUNTERPART_SHARED").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let file = format!("dtdl/ontologies/{name}.json.gz");
    let path = named
        .into_iter()
        .chain([beside])
        .map(|folder| folder.join(&file))
        .find(|path| path.is_file())?;
    let bytes = std::fs::read(path).ok()?;
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(bytes.as_slice()), &mut text)
        .ok()?;
    Some(text)
}

/// Interfaces of the usual kind: each extends one, eight levels deep, and adds five contents.
fn generated(count: usize) -> String {
    let mut text = String::from("[");
    for index in 0..count {
        let separator = if index > 0 { "," } else { "" };
        let extends = if index % 8 > 0 {
            format!("\"extends\":\"dtmi:bench:model{};1\",", index - 1)
        } else {
            String::new()
        };
        text.push_str(&format!(
            "{separator}{{\"@context\":\"dtmi:dtdl:context;3\",\"@id\":\"dtmi:bench:model{index};1\",\
             \"@type\":\"Interface\",{extends}\"displayName\":{{\"en\":\"Model {index}\"}},\"contents\":["
        ));
        for content in 0..5 {
            let comma = if content > 0 { "," } else { "" };
            text.push_str(&format!(
                "{comma}{{\"@type\":\"Property\",\"name\":\"value{index}x{content}\",\"schema\":\"double\",\
                 \"description\":\"What it is\"}}"
            ));
        }
        text.push_str("]}");
    }
    text.push(']');
    text
}

fn time(name: &str, text: &str, bar: Option<Duration>) {
    let catalogue = Catalogue::empty();
    let documents = [Document { name, text }];
    let mut best = Duration::MAX;
    let mut count = 0;
    for _ in 0..RUNS {
        let start = Instant::now();
        let upload = catalogue.plan(&documents).expect("the ontology is valid");
        best = best.min(start.elapsed());
        count = upload.added.len();
    }
    let per_interface = best.as_nanos() / count.max(1) as u128;
    let verdict = bar.map_or(String::new(), |bar| {
        format!(", bar {bar:?}: {}", if best < bar { "met" } else { "MISSED" })
    });
    println!(
        "{name}: {count} interfaces, {} KiB in {best:?}, {per_interface} ns each{verdict}",
        text.len() / 1024
    );
}
