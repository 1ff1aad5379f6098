//! Runs the program as its users do, and tells what the kernel says of it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Time between two looks at the memory of a running process.
const LOOK_MS: u64 = 10;

/// What a run took.
#[derive(Clone, Copy)]
pub struct Spent {
    /// From start to end.
    pub wall: Duration,
    /// Processor seconds of all threads; 0 where the kernel does not tell.
    pub cpu_s: f64,
    /// The most memory that it held, in MiB; 0 where the kernel does not tell.
    pub peak_mib: u64,
}

/// Runs `counterpart` with these arguments to its end: what it printed, and what it took.
pub fn counterpart<A: AsRef<OsStr>>(arguments: &[A]) -> Result<(String, Spent), String> {
    let program = env!("CARGO_BIN_EXE_counterpart");
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
    run(&mut command).map_err(|problem| format!("`{program}`: {problem}"))
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Result<(String, Spent), String> {
    let (before, start) = (cpu_of_children_s(), Instant::now());
    let mut child = command.spawn().map_err(|error| format!("cannot be run: {error}"))?;
    let mut peak_mib = 0;
    while child.try_wait().map_err(|error| error.to_string())?.is_none() {
        peak_mib = memory_mib(child.id()).max(peak_mib);
        std::thread::sleep(Duration::from_millis(LOOK_MS));
    }
    let wall = start.elapsed();
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("ended with {}", output.status));
    }
    let spent = Spent { wall, cpu_s: cpu_of_children_s() - before, peak_mib };
    Ok((String::from_utf8_lossy(&output.stdout).into_owned(), spent))
}

/// The most memory that a process held, by the kernel's account.
fn memory_mib(process: u32) -> u64 {
    let path = Path::new("/proc").join(process.to_string()).join("status");
    let status = std::fs::read_to_string(path).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

/// Processor seconds of the children that ended.
fn cpu_of_children_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split(' ').collect();
    let ticks = |place: usize| fields.get(place).and_then(|f| f.parse::<f64>().ok());
    // Ticks of 1/100 s, in user and in kernel mode.
    (ticks(14).unwrap_or(0.0) + ticks(15).unwrap_or(0.0)) / 100.0
}
