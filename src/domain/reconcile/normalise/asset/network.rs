//! Names and addresses in the network.

/// A host name or client id that names a position: lower case, without the domain.
pub fn host(raw: &str) -> Option<String> {
    let lower = raw.trim().to_lowercase();
    let name = lower.split('.').next().unwrap_or(&lower).to_owned();
    let telling = name.len() >= 4 && !["localhost", "default", "unknown", "none"].contains(&&*name);
    telling.then_some(name)
}

/// An IPv4 address as a number; the loopback, link-local, unspecified and broadcast addresses say
/// nothing.
pub fn ipv4(raw: &str) -> Option<u32> {
    let mut bits = 0u32;
    let mut parts = 0;
    for part in raw.trim().split('.') {
        let is_number = (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let byte: u8 = is_number.then(|| part.parse().ok()).flatten()?;
        bits = bits << 8 | u32::from(byte);
        parts += 1;
        if parts > 4 {
            return None;
        }
    }
    let says_nothing =
        bits == 0 || bits == u32::MAX || bits >> 24 == 127 || bits >> 16 == (169 << 8 | 254);
    (parts == 4 && !says_nothing).then_some(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_lose_their_domain() {
        assert_eq!(host("GW-83-L09-070-1.plant.example").as_deref(), Some("gw-83-l09-070-1"));
        assert_eq!(host("localhost"), None);
    }

    #[test]
    fn addresses_that_every_machine_has_say_nothing() {
        assert_eq!(ipv4("10.83.29.192"), Some(0x0a53_1dc0));
        for raw in
            ["127.0.0.1", "0.0.0.0", "169.254.1.2", "10.83.29", "10.83.29.256", "1.2.3.4.5", ""]
        {
            assert_eq!(ipv4(raw), None, "{raw}");
        }
    }
}
