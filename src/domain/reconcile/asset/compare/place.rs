//! Where two records say that the thing stands: tag, location, network name.

use super::super::facts::Facts;
use super::super::world::World;

/// Tags: 0 differ, 1 only the letter of the parallel unit differs, 2 not known, 3 a slip apart, 4 the same.
pub fn tag(world: &World, a: &Facts, b: &Facts) -> u8 {
    if a.tag == 0 || b.tag == 0 {
        return 2;
    }
    if a.tag == b.tag {
        return 4;
    }
    let (left, right) = (world.tags.text(a.tag), world.tags.text(b.tag));
    let bare = |text: &str| text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).len();
    let (x, y) = (bare(left), bare(right));
    if left[..x] == right[..y] {
        return 1;
    }
    if is_slip(left.as_bytes(), right.as_bytes()) { 3 } else { 0 }
}

/// One character more, or two swapped; another digit is another place.
fn is_slip(a: &[u8], b: &[u8]) -> bool {
    let front = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let back =
        a[front..].iter().rev().zip(b[front..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (x, y) = (&a[front..a.len() - back], &b[front..b.len() - back]);
    match (x.len(), y.len()) {
        (0, 1) | (1, 0) => true,
        (1, 1) => x[0].is_ascii_digit() != y[0].is_ascii_digit(),
        (2, 2) => x[0] == y[1] && x[1] == y[0],
        _ => false,
    }
}

/// Letters of parallel units: 0 differ, 1 only one says one, 2 neither does, 3 the same.
pub fn suffix(a: &Facts, b: &Facts) -> u8 {
    match (a.suffix, b.suffix) {
        (0, 0) => 2,
        (0, _) | (_, 0) => 1,
        (x, y) if x == y => 3,
        _ => 0,
    }
}

/// Location paths: 0 to 3 site, area, line, station differ; 4 not known; 5 to 8 they agree down to site, area, line, station.
pub fn place(a: &Facts, b: &Facts) -> u8 {
    let steps = [(a.site, b.site), (a.area, b.area), (a.line, b.line), (a.station, b.station)];
    let mut agreed = 4;
    for (depth, (x, y)) in steps.into_iter().enumerate() {
        if x != 0 && y != 0 {
            if x != y {
                return depth as u8;
            }
            agreed = 5 + depth as u8;
        }
    }
    agreed
}

/// Two values that name one thing each: 0 differ, 1 not known, 2 the same.
pub fn same(a: u32, b: u32) -> u8 {
    match (a, b) {
        (0, _) | (_, 0) => 1,
        (x, y) if x == y => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_digit_is_another_place() {
        assert!(!is_slip(b"PT90203", b"PT90204"));
        assert!(is_slip(b"PT90203", b"PT9203"));
        assert!(is_slip(b"PT90203", b"PT90230"));
        assert!(is_slip(b"PT90203", b"PT9O203"));
    }
}
