//! Which web pages may open a WebSocket.
//!
//! A browser sends no preflight for a WebSocket, so without this check any page that an engineer
//! visits could run mutations on a server in the same network.

use http::{HeaderMap, header};

/// Whether the request comes from no browser, from the server's own page, or from an allowed one.
pub(super) fn is_allowed(headers: &HeaderMap, allowed: &[String]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let same_host =
        headers.get(header::HOST).and_then(|host| host.to_str().ok()).is_some_and(|host| {
            origin
                .split_once("://")
                .is_some_and(|(_, origin_host)| origin_host.eq_ignore_ascii_case(host))
        });
    same_host || allowed.iter().any(|known| known.eq_ignore_ascii_case(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(origin: Option<&str>, allowed: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "plant:8080".parse().expect("a host"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().expect("an origin"));
        }
        let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        is_allowed(&headers, &allowed)
    }

    #[test]
    fn only_our_own_and_listed_pages_may_connect() {
        assert!(check(None, &[]));
        assert!(check(Some("http://plant:8080"), &[]));
        assert!(!check(Some("http://plant:8081"), &[]));
        assert!(!check(Some("http://evil.example"), &[]));
        assert!(!check(Some("null"), &[]));
        assert!(check(Some("https://grafana"), &["https://grafana"]));
    }
}
