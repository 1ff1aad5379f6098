//! Worlds of assets, made by the generator beside the labelled sets.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::process;

/// A world to be made.
#[derive(Clone, Copy)]
pub struct World {
    /// From 1 (easy) to 4.
    pub level: u8,
    /// What makes it this one.
    pub seed: u32,
    /// How many things there are; records are some three times as many.
    pub units: usize,
    /// Share of the makers whose names and numbers are invented.
    pub novel: f64,
    /// Whether its past is told, too.
    pub past: bool,
}

/// A world in a folder, which goes away with this unless it is kept.
pub struct Folder {
    path: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

impl Folder {
    /// A file of the world.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// The folder of matching data, if it is here.
pub fn matching() -> Option<PathBuf> {
    let named = std::env::var_os("COUNTERPART_SHARED").map(PathBuf::from);
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let mut folders = named.into_iter().chain([beside]).map(|path| path.join("matching"));
    folders.find(|path| path.join("data").is_dir())
}

/// The seeds to be measured; no threshold or weight was ever chosen by the results of the default ones.
pub fn seeds() -> Vec<u32> {
    let wanted = std::env::var("COUNTERPART_BENCH_SEEDS").unwrap_or_default();
    let wanted: Vec<u32> = wanted.split(',').filter_map(|seed| seed.trim().parse().ok()).collect();
    if wanted.is_empty() { vec![101, 102] } else { wanted }
}

/// Makes a world, or finds it where `COUNTERPART_BENCH_DATA` keeps it. An error says why it cannot be had.
pub fn make(world: World) -> Result<Folder, String> {
    let World { level, seed, units, novel, past } = world;
    let generator = matching().map(|folder| folder.join("assetgen.py"));
    let generator = generator.filter(|path| path.is_file());
    let generator = generator.ok_or("../shared/matching/assetgen.py is absent")?;
    let name = format!("assets-{level}-{seed}-{units}-{novel}-{past}");
    let (path, temporary) = match std::env::var_os("COUNTERPART_BENCH_DATA") {
        Some(kept) => (Path::new(&kept).join(name), None),
        None => {
            let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
            (folder.path().to_owned(), Some(folder))
        }
    };
    let folder = Folder { path, _temporary: temporary };
    // The generator writes this file last.
    if folder.file("meta.json").is_file() {
        return Ok(folder);
    }
    let mut command = Command::new("python3");
    command.arg(generator).args(["--seed", &seed.to_string(), "--level", &level.to_string()]);
    command.args(["--units", &units.to_string(), "--novel", &novel.to_string(), "--out"]);
    command.arg(&folder.path).stdout(Stdio::null()).stderr(Stdio::null());
    if !past {
        command.arg("--no-events");
    }
    process::run(&mut command).map_err(|problem| format!("python3 assetgen.py {problem}"))?;
    Ok(folder)
}
