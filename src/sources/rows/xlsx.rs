//! Workbooks. A thread of its own reads the cells, because the reader borrows the workbook; what
//! waits between the two is bounded.

use std::io::{self, BufReader, Read, Seek};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use calamine::{Reader, Xlsx, XlsxError};

use super::row::{Row, Rows};
use super::sheet::{Sheet, SheetReader};
use crate::sources::limits::{
    LINE_BYTES_MAX, SHEETS_MAX, WORKBOOK_HELD_BYTES_MAX, WORKBOOK_SHEET_BYTES_MAX,
};
use crate::sources::problem::{Origin, Problem};
use crate::sources::text::Bytes;

/// Rows that wait to be taken.
const WAITING_MAX: usize = 1_024;
/// What begins the list of merged cells of a sheet.
const MERGED: &[u8] = b"<mergeCell ";

type Found = Result<Row, Problem>;

/// Which sheets of a workbook are read.
pub enum Sheets {
    /// One: of this name, or the first.
    One(Option<String>, Box<Sheet>),
    /// Those for which there is a way to read them.
    Several(Way),
}

/// How the sheet of a name is read; none where it is not.
pub type Way = Box<dyn Fn(&str) -> Option<Sheet> + Send>;

/// The rows of a workbook.
pub fn rows(file: &Arc<str>, bytes: Bytes, sheets: Sheets) -> Rows {
    let (sender, receiver) = sync_channel(WAITING_MAX);
    let name = file.clone();
    let spawned = std::thread::Builder::new().name("workbook".to_owned()).spawn(move || {
        let unreadable = |problem| drop(sender.send(Err(problem)));
        if let Err(problem) = read(&name, bytes, &sheets, &sender) {
            unreadable(problem);
        }
    });
    match spawned {
        Ok(thread) => Box::new(Waiting { receiver, thread: Some(thread), file: file.clone() }),
        Err(error) => Box::new(std::iter::once(Err(not_readable(file, &error.to_string())))),
    }
}

struct Waiting {
    receiver: Receiver<Found>,
    thread: Option<JoinHandle<()>>,
    file: Arc<str>,
}

impl Iterator for Waiting {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        if let Ok(found) = self.receiver.recv() {
            return Some(found);
        }
        // A workbook may be broken in ways that its reader does not expect.
        let failed = self.thread.take().is_some_and(|thread| thread.join().is_err());
        failed.then(|| Err(not_readable(&self.file, "it is no sound workbook")))
    }
}

fn read(
    file: &Arc<str>,
    mut bytes: Bytes,
    sheets: &Sheets,
    sender: &SyncSender<Found>,
) -> Result<(), Problem> {
    let broken = |error: &dyn std::fmt::Display| not_readable(file, &error.to_string());
    let merged = check_parts(&mut bytes).map_err(|e| broken(&e))?;
    bytes.rewind().map_err(|e| broken(&e))?;
    let mut book = Xlsx::new(BufReader::new(bytes)).map_err(|e| broken(&e))?;
    let names = book.sheet_names();
    if names.len() > SHEETS_MAX {
        let message = format!("{} sheets, at most {SHEETS_MAX} are read", names.len());
        return Err(broken(&message));
    }
    for (name, sheet) in chosen(file, &names, sheets, sender)? {
        let result = one(file, &mut book, &name, sheet, sender);
        if matches!(result, Err(Ended::Nobody)) {
            return Ok(());
        }
        if let Err(Ended::Broken(error)) = result {
            let origin = Origin::row(file, &name.as_str().into(), 0);
            let message = format!("the rest of the sheet cannot be read: {error}");
            drop(sender.send(Err(Problem::error(origin, "NOT_READABLE", message))));
        }
        if merged {
            note_merged(file, &mut book, &name, sender);
        }
    }
    Ok(())
}

/// The sheets to read, each with the way to read it.
fn chosen(
    file: &Arc<str>,
    names: &[String],
    sheets: &Sheets,
    sender: &SyncSender<Found>,
) -> Result<Vec<(String, Sheet)>, Problem> {
    let known = || names.join(", ");
    match sheets {
        Sheets::One(wanted, sheet) => {
            let found = match wanted {
                Some(wanted) => names.iter().find(|name| name.trim() == wanted.trim()),
                None => names.first(),
            };
            let missing = || {
                let wanted = wanted.as_deref().unwrap_or("any");
                let message = format!("there is no sheet `{wanted}`; there are: {}", known());
                Problem::error(Origin::file(file), "SHEET_MISSING", message)
            };
            Ok(vec![(found.ok_or_else(missing)?.clone(), (**sheet).clone())])
        }
        Sheets::Several(way) => {
            let found: Vec<_> =
                names.iter().filter_map(|name| Some((name.clone(), way(name)?))).collect();
            if found.is_empty() {
                let message = format!("none of its sheets is declared; there are: {}", known());
                return Err(Problem::error(Origin::file(file), "SHEET_MISSING", message));
            }
            let others: Vec<&str> = names
                .iter()
                .filter(|n| found.iter().all(|(f, _)| f != *n))
                .map(String::as_str)
                .collect();
            if !others.is_empty() {
                let message =
                    format!("sheets that are not declared were left out: {}", others.join(", "));
                let note = Problem::note(Origin::file(file), "LEFT_OUT", message);
                drop(sender.send(Err(note)));
            }
            Ok(found)
        }
    }
}

/// Why the reading of a sheet ended early.
enum Ended {
    /// Nobody takes the rows any more.
    Nobody,
    /// It cannot be read further.
    Broken(XlsxError),
}

fn one(
    file: &Arc<str>,
    book: &mut Xlsx<BufReader<Bytes>>,
    name: &str,
    sheet: Sheet,
    sender: &SyncSender<Found>,
) -> Result<(), Ended> {
    let mut cells = match book.worksheet_cells_reader(name) {
        Ok(cells) => cells,
        // A chart has a sheet of its own.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        Err(error) => return Err(Ended::Broken(error)),
    };
    let mut reader = SheetReader::new(file, name, sheet);
    let send = |found: Vec<Found>| {
        let taken = found.into_iter().all(|row| sender.send(row).is_ok());
        if taken { Ok(()) } else { Err(Ended::Nobody) }
    };
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(Ended::Broken)? {
        let row = reader.cell(cell.pos, &cell.value, cell.formula.is_some());
        send(row)?;
        if reader.is_over() {
            return Ok(());
        }
    }
    send(reader.end())
}

/// Tells of merged cells: only the first of them has the value.
fn note_merged(
    file: &Arc<str>,
    book: &mut Xlsx<BufReader<Bytes>>,
    name: &str,
    sender: &SyncSender<Found>,
) {
    let Ok(regions) = book.merge_cells_by_sheet_name(name) else {
        return;
    };
    let sheet: Arc<str> = name.into();
    for region in regions.iter().filter(|region| region.end.0 > region.start.0) {
        let origin = Origin::row(file, &sheet, u64::from(region.start.0) + 1);
        let message = format!(
            "cells of the rows {} to {} are merged; only the first row has the value",
            region.start.0 + 1,
            region.end.0 + 1
        );
        if sender.send(Err(Problem::note(origin, "MERGED_CELLS", message))).is_err() {
            return;
        }
    }
}

/// Where workbooks have their sheets.
const SHEETS: &str = "xl/worksheets/";

/// Checks that the parts of the workbook unpack to no more than is accepted, whatever it says of
/// itself. Answers whether cells are merged.
fn check_parts(bytes: &mut Bytes) -> io::Result<bool> {
    let mut archive = zip::ZipArchive::new(bytes).map_err(io::Error::other)?;
    let (mut merged, mut room) = (false, WORKBOOK_HELD_BYTES_MAX);
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).map_err(io::Error::other)?;
        let is = |fits: fn(&str) -> bool| part.name().is_ok_and(|name| fits(&name));
        let (is_sheet, is_xml) = (is(|name| name.starts_with(SHEETS)), is(|n| n.ends_with(".xml")));
        let limit = if is_sheet { WORKBOOK_SHEET_BYTES_MAX } else { room };
        let Measured { length, longest, has_merged } = measure(&mut part, limit)?;
        merged |= has_merged;
        if is_xml && longest > LINE_BYTES_MAX {
            let message = format!("a cell is longer than {LINE_BYTES_MAX} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        if length > limit {
            let message = match is_sheet {
                true => format!("a sheet unpacks to more than {WORKBOOK_SHEET_BYTES_MAX} bytes"),
                false => format!(
                    "what its sheets share unpacks to more than {WORKBOOK_HELD_BYTES_MAX} bytes; save it as CSV"
                ),
            };
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        if !is_sheet {
            room -= length;
        }
    }
    Ok(merged)
}

/// A part of a workbook, as far as it was read: a little over a limit.
struct Measured {
    length: u64,
    /// The longest text in it.
    longest: usize,
    /// Whether it lists merged cells.
    has_merged: bool,
}

fn measure(part: &mut impl Read, limit: u64) -> io::Result<Measured> {
    const PIECE: usize = 64 << 10;
    let mut piece = vec![0; PIECE];
    let mut measured = Measured { length: 0, longest: 0, has_merged: false };
    let (mut kept, mut text) = (0, 0);
    loop {
        let count = part.read(&mut piece[kept..])?;
        measured.length += count as u64;
        if count == 0 || measured.length > limit {
            return Ok(measured);
        }
        let filled = kept + count;
        for run in piece[kept..filled].split_inclusive(|byte| *byte == b'<') {
            text += run.len();
            measured.longest = measured.longest.max(text);
            if run.ends_with(b"<") {
                text = 0;
            }
        }
        measured.has_merged = measured.has_merged || memmem(&piece[..filled]);
        // What is looked for may begin in this piece and end in the next.
        kept = filled.min(MERGED.len() - 1);
        piece.copy_within(filled - kept..filled, 0);
    }
}

fn memmem(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|b| *b == MERGED[0]) {
        rest = &rest[at..];
        if rest.starts_with(MERGED) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

fn not_readable(file: &Arc<str>, error: &str) -> Problem {
    let message = format!("the workbook cannot be read: {error}");
    Problem::error(Origin::file(file), "NOT_READABLE", message)
}
