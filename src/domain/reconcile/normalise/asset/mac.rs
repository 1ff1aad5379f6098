//! Hardware addresses in any notation, and the tails of them that devices put into their names.

/// A MAC address's 48 bits, from `00:1D:9C:89:0A:5A`, `00-1d-9c…`, `001d.9c89.0a5a` or bare digits.
///
/// All zeros and the broadcast address are no address.
pub fn parse(raw: &str) -> Option<u64> {
    let mut bits = 0u64;
    let mut digits = 0;
    for c in raw.trim().chars() {
        match c.to_digit(16) {
            Some(digit) => {
                bits = bits << 4 | u64::from(digit);
                digits += 1;
            }
            None if matches!(c, ':' | '-' | '.' | ' ') => {}
            None => return None,
        }
        if digits > 12 {
            return None;
        }
    }
    (digits == 12 && bits != 0 && bits != 0xffff_ffff_ffff).then_some(bits)
}

/// The last 24 bits of a MAC address at the end of a device's default name, as in `uno-89a05a` or `pt_89A05A`.
pub fn tail_in_name(name: &str) -> Option<u32> {
    let tail = name.rsplit(['-', '_', '.', '/', ' ']).next()?;
    let hex = tail.len() == 6 && tail.bytes().all(|b| b.is_ascii_hexdigit());
    (hex && tail.len() < name.len()).then(|| u32::from_str_radix(tail, 16).ok()).flatten()
}

/// The last 24 bits of an address.
pub fn tail(mac: u64) -> u32 {
    (mac & 0xff_ffff) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notations_agree() {
        for raw in ["00:1D:9C:89:0A:5A", "00-1d-9c-89-0a-5a", "001d.9c89.0a5a", "001D9C890A5A"] {
            assert_eq!(parse(raw), Some(0x001d_9c89_0a5a), "{raw}");
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        for raw in
            ["", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "001d9c890a5", "001d9c890a5a00", "pump"]
        {
            assert_eq!(parse(raw), None, "{raw}");
        }
    }

    #[test]
    fn a_default_name_ends_with_half_an_address() {
        assert_eq!(tail_in_name("uno-890a5a"), Some(0x89_0a5a));
        assert_eq!(tail_in_name("890a5a"), None);
        assert_eq!(tail_in_name("gw-83-l09-070-1"), None);
        assert_eq!(tail(0x001d_9c89_0a5a), 0x89_0a5a);
    }
}
