//! The lock file, which takes a folder for one process.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use crate::store::contract::StoreError;

const NAME: &str = "counterpart.lock";

/// Takes the folder, for as long as the file is held. The system lets go of it when the process ends.
pub(super) fn take(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join(NAME);
    let unavailable = |error: std::io::Error| {
        StoreError::Unavailable(format!("cannot take {}: {error}", path.display()))
    };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(unavailable)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(locked(&mut file, folder)),
        Err(TryLockError::Error(error)) => return Err(unavailable(error)),
    }
    file.set_len(0).map_err(unavailable)?;
    file.write_all(std::process::id().to_string().as_bytes()).map_err(unavailable)?;
    Ok(file)
}

fn locked(file: &mut File, folder: &Path) -> StoreError {
    let mut pid = String::new();
    // The pid is a courtesy: without it the message still says what to do.
    let holder = match file.read_to_string(&mut pid) {
        Ok(_) if !pid.is_empty() => format!("process {pid}"),
        _ => "another process".to_owned(),
    };
    StoreError::Locked(format!(
        "{holder} has the folder {} open; stop it, or give this one another folder",
        folder.display()
    ))
}
