//! Two serials.

use super::super::super::normalise::asset::serial as normalise;
use super::super::facts::Facts;
use super::super::world::World;

/// How two serials stand to each other, from nothing known to the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum SerialLevel {
    /// One is not known.
    Missing,
    /// Two serials that other records have too: two units.
    DiffersProven,
    /// They differ, and one of them is on other records too.
    DiffersOne,
    /// They differ; nothing speaks for either.
    Differs,
    /// Consecutive numbers: siblings from one delivery.
    Neighbour,
    /// A slip of the pen apart.
    Close,
    /// One is the beginning or the end of the other, or has more zeros between letters and number.
    Part,
    /// The same, on unlike things.
    EqualUnlike,
    /// The same, but short, or a plain running number, or only if look-alike characters are taken for each other.
    EqualShort,
    /// The same.
    Equal,
}

/// Serials up to this length are the same by chance now and then.
const SHORT_CHARS: usize = 5;
/// Plain numbers up to this length are running numbers, which every maker has.
const SHORT_DIGITS: usize = 7;
/// A beginning or end must have as many characters.
const PART_CHARS_MIN: usize = 5;
/// A beginning may lack as many characters.
const PART_LACKS_MAX: usize = 3;
/// A beginning of so many characters may lack any number: the field was too short.
const FIELD_CHARS: usize = 12;
/// Numbers up to this far apart are consecutive.
const NEIGHBOUR_DISTANCE: u64 = 1000;

fn equal(folded: &str) -> SerialLevel {
    let digits = folded.bytes().all(|c| c.is_ascii_digit());
    if folded.len() <= if digits { SHORT_DIGITS } else { SHORT_CHARS } {
        SerialLevel::EqualShort
    } else {
        SerialLevel::Equal
    }
}

/// Compares two folded serials of which nothing else is known.
pub fn level_of_texts(left: &str, right: &str) -> SerialLevel {
    if left == right {
        return equal(left);
    }
    if is_part(left, right) || is_part(right, left) {
        return SerialLevel::Part;
    }
    match relation(left, right) {
        Relation::Neighbour => SerialLevel::Neighbour,
        Relation::Close => SerialLevel::Close,
        Relation::Apart => SerialLevel::Differs,
    }
}

/// Compares the serials of two records, folded.
pub fn level(world: &World, x: &Facts, y: &Facts) -> SerialLevel {
    let (a, b) = (x.folded, y.folded);
    if a == 0 || b == 0 {
        return SerialLevel::Missing;
    }
    let (left, right) = (world.serials.folded.text(a), world.serials.folded.text(b));
    if a == b {
        return equal(left);
    }
    if is_part(left, right) || is_part(right, left) {
        return SerialLevel::Part;
    }
    let ends = |text: &str| (text.as_bytes().first().copied(), text.as_bytes().last().copied());
    if left.len() != right.len()
        && ends(left) == ends(right)
        && is_padded(world, x.serial, y.serial)
    {
        return SerialLevel::Part;
    }
    let confirmed = |serial: u32| world.serials.counts[serial as usize] >= 2;
    let relation = relation(left, right);
    match (confirmed(a), confirmed(b)) {
        (true, true) => SerialLevel::DiffersProven,
        _ if relation == Relation::Neighbour => SerialLevel::Neighbour,
        _ if relation == Relation::Close => SerialLevel::Close,
        (false, false) => SerialLevel::Differs,
        _ => SerialLevel::DiffersOne,
    }
}

/// Whether two canonical serials are the same but for leading zeros.
pub fn is_same(world: &World, a: u32, b: u32) -> bool {
    let bare = |serial: u32| world.serials.canonical.text(serial).trim_start_matches('0');
    a == b || bare(a) == bare(b)
}

/// Whether two canonical serials are the same but for zeros between letters and number.
fn is_padded(world: &World, a: u32, b: u32) -> bool {
    let (left, right) = (world.serials.canonical.text(a), world.serials.canonical.text(b));
    normalise::numbered(left).is_some_and(|found| Some(found) == normalise::numbered(right))
}

#[derive(Debug, PartialEq, Eq)]
enum Relation {
    Neighbour,
    Close,
    Apart,
}

/// Whether `part` is the beginning or the end of `whole`.
fn is_part(whole: &str, part: &str) -> bool {
    let lacks = whole.len().saturating_sub(part.len());
    if lacks == 0 || part.len() < PART_CHARS_MIN {
        return false;
    }
    whole.ends_with(part)
        || (whole.starts_with(part) && (lacks <= PART_LACKS_MAX || part.len() >= FIELD_CHARS))
}

/// Slips (one edit or one swap) and consecutive numbers, told apart by which characters differ.
fn relation(left: &str, right: &str) -> Relation {
    let (a, b) = (left.as_bytes(), right.as_bytes());
    let front = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let back =
        a[front..].iter().rev().zip(b[front..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (x, y) = (&a[front..a.len() - back], &b[front..b.len() - back]);
    if x.len() == y.len() && are_neighbours(a, b, front) {
        return Relation::Neighbour;
    }
    let slip = match (x.len(), y.len()) {
        (0, 1 | 2) | (1 | 2, 0) | (1, 1) => true,
        (2, 2) => x[0] == y[1] && x[1] == y[0],
        _ => false,
    };
    if slip && front + back >= 3 { Relation::Close } else { Relation::Apart }
}

/// Whether the digits around the first difference, read as numbers, are close.
fn are_neighbours(a: &[u8], b: &[u8], first: usize) -> bool {
    let from = a[..first].iter().rposition(|c| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let number = |text: &[u8]| {
        let digits = text[from..].iter().take_while(|c| c.is_ascii_digit()).take(18);
        digits.fold((0u64, 0), |(value, count), c| (value * 10 + u64::from(c - b'0'), count + 1))
    };
    let ((x, x_digits), (y, y_digits)) = (number(a), number(b));
    let swapped = x_digits >= 2 && is_swap(a, b, first);
    x_digits == y_digits
        && x_digits > 0
        && a[from + x_digits..] == b[from + y_digits..]
        && x.abs_diff(y) <= NEIGHBOUR_DISTANCE
        && !swapped
}

fn is_swap(a: &[u8], b: &[u8], first: usize) -> bool {
    first + 1 < a.len()
        && first + 1 < b.len()
        && a[first] == b[first + 1]
        && a[first + 1] == b[first]
        && a[first + 2..] == b[first + 2..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_and_slips_are_told_apart() {
        assert_eq!(relation("SMH408903", "SMH408905"), Relation::Neighbour);
        assert_eq!(relation("SMH408903", "SMH408930"), Relation::Close, "a swap is a slip");
        assert_eq!(relation("SMH408903", "SMH40893"), Relation::Close);
        assert_eq!(relation("SMH408903", "SMX408903"), Relation::Close);
        assert_eq!(relation("408903", "917702"), Relation::Apart);
    }

    #[test]
    fn short_fields_keep_a_part() {
        assert!(is_part("010000123456000119", "3456000119"));
        assert!(is_part("12345678", "123456"));
        assert!(!is_part("12345678", "1234"));
        assert!(!is_part("12345678", "12345678"));
    }
}
