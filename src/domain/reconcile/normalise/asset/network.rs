//! Names and addresses in the network.

/// A host name or client id that names a position: lower case, without the domain.
pub fn host(raw: &str) -> Option<String> {
    let lower = raw.trim().to_lowercase();
    let name = lower.split('.').next().unwrap_or(&lower).to_owned();
    let telling = name.len() >= 4 && !["localhost", "default", "unknown", "none"].contains(&&*name);
    telling.then_some(name)
}

/// An IPv4 address as a number; the loopback, unspecified and broadcast addresses say nothing.
pub fn ipv4(raw: &str) -> Option<u32> {
    let address: std::net::Ipv4Addr = raw.trim().parse().ok()?;
    (!address.is_loopback()
        && !address.is_unspecified()
        && !address.is_broadcast()
        && !address.is_link_local())
    .then(|| address.to_bits())
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
        for raw in ["127.0.0.1", "0.0.0.0", "169.254.1.2", "10.83.29", ""] {
            assert_eq!(ipv4(raw), None, "{raw}");
        }
    }
}
