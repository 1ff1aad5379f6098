//! Where the shared reference data is, and reading it.

use std::io::Read;
use std::path::PathBuf;

/// The folder with the reference data: `COUNTERPART_SHARED`, or `../shared` beside the crate.
pub fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("COUNTERPART_SHARED").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    named.into_iter().chain([beside]).map(|path| path.join("dtdl")).find(|path| path.is_dir())
}

/// A file of the reference data, unpacked; or `None`, with a word on why the test is skipped.
pub fn read(name: &str) -> Option<String> {
    let Some(folder) = folder() else {
        eprintln!("SKIPPED: ../shared is absent; set COUNTERPART_SHARED to run this test");
        return None;
    };
    let bytes = std::fs::read(folder.join(name)).expect("the shared file can be read");
    let mut text = String::new();
    if name.ends_with(".gz") {
        let mut reader = flate2::read::GzDecoder::new(bytes.as_slice());
        reader.read_to_string(&mut text).expect("the shared file can be unpacked");
    } else {
        text = String::from_utf8(bytes).expect("the shared file is text");
    }
    Some(text)
}

/// The JSON values of a file with one per line.
pub fn lines(text: &str) -> impl Iterator<Item = serde_json::Value> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).expect("each line is JSON"))
}
