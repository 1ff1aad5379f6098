//! CSV files, decompressed when they are gzip.

use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// The rows of a file, with only the named columns.
pub fn read<const N: usize>(path: &Path, columns: [&str; N]) -> Result<Vec<[String; N]>, String> {
    rows(path, columns, |name| Err(format!("`{}` has no column `{name}`", path.display())))
}

/// The rows of a file, with only the named columns; what is in none of its columns is empty.
pub fn read_some<const N: usize>(
    path: &Path,
    columns: [&str; N],
) -> Result<Vec<[String; N]>, String> {
    rows(path, columns, |_| Ok(()))
}

fn rows<const N: usize>(
    path: &Path,
    columns: [&str; N],
    absent: impl Fn(&str) -> Result<(), String>,
) -> Result<Vec<[String; N]>, String> {
    let broken = |error: &dyn std::fmt::Display| format!("`{}`: {error}", path.display());
    let bytes = std::fs::read(path).map_err(|error| broken(&error))?;
    let mut plain = Vec::new();
    let text = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut decoder = MultiGzDecoder::new(bytes.as_slice());
        decoder.read_to_end(&mut plain).map_err(|error| broken(&error))?;
        &plain
    } else {
        &bytes
    };
    let mut reader = csv::Reader::from_reader(text.as_slice());
    let header = reader.headers().map_err(|error| broken(&error))?.clone();
    let places = columns.map(|name| (name, header.iter().position(|column| column == name)));
    for (name, _) in places.iter().filter(|(_, place)| place.is_none()) {
        absent(name)?;
    }
    reader
        .records()
        .map(|row| {
            let row = row.map_err(|error| broken(&error))?;
            Ok(places.map(|(_, place)| place.map_or(String::new(), |at| row[at].to_owned())))
        })
        .collect()
}
