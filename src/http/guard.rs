//! Which requests a browser may have been tricked into.
//!
//! A page of any origin can make a browser post to a server in its user's network, and a page can
//! have its own name point at this machine. The first shows in `Origin`, the second in `Host`.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::cors::CorsLayer;

use crate::domain::id::abridged;
use crate::problem::Problem;

/// Which web pages may use the server, and by which names.
#[derive(Debug, Clone)]
pub struct Guard {
    origins: Vec<String>,
    /// The names besides `localhost` and addresses; none when any name may be its own.
    hosts: Option<Vec<String>>,
}

impl Guard {
    /// The guard of a server that listens on `address`.
    pub fn new(origins: &[String], hosts: &[String], address: SocketAddr) -> Self {
        Self {
            origins: origins.to_vec(),
            hosts: address.ip().is_loopback().then(|| hosts.to_vec()),
        }
    }

    /// Lets the pages of allowed origins read answers.
    pub(super) fn cors(&self) -> CorsLayer {
        let origins = self.origins.iter();
        let origins: Vec<HeaderValue> = origins.filter_map(|o| o.parse().ok()).collect();
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([header::ACCEPT, header::CONTENT_ENCODING, header::CONTENT_TYPE])
    }

    fn refusal(&self, method: &Method, headers: &HeaderMap) -> Option<Problem> {
        let text = |name| headers.get(name).map(|v: &HeaderValue| v.to_str().unwrap_or("?"));
        let host = text(header::HOST);
        if let (Some(hosts), Some(host)) = (&self.hosts, host)
            && !is_own(host, hosts)
        {
            let detail = format!(
                "this server listens on this machine only, and is not `{}`; use its address, or \
                 add the name to `server.allowed_hosts`",
                abridged(host)
            );
            let status = StatusCode::MISDIRECTED_REQUEST;
            return Some(Problem::new(status, "UNKNOWN_HOST", detail));
        }
        if method == Method::GET || method == Method::HEAD || method == Method::OPTIONS {
            return None;
        }
        let origin = text(header::ORIGIN)?;
        let same = host.is_some_and(|host| {
            let page = origin.split_once("://").map(|(_, page)| page);
            page.is_some_and(|page| page.eq_ignore_ascii_case(host))
        });
        if same || self.origins.iter().any(|o| o.eq_ignore_ascii_case(origin)) {
            return None;
        }
        let detail = format!(
            "pages of `{}` may not send anything here; add it to `server.allowed_origins` if it is yours",
            abridged(origin)
        );
        Some(Problem::new(StatusCode::FORBIDDEN, "FORBIDDEN_ORIGIN", detail))
    }
}

/// Whether a `Host` header can only mean this machine.
fn is_own(host: &str, names: &[String]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    address.parse::<IpAddr>().is_ok()
        || name.eq_ignore_ascii_case("localhost")
        || names.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// Refuses what a foreign page may have sent.
pub(super) async fn check(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    match guard.refusal(request.method(), request.headers()) {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(guard: &Guard, headers: &[(&str, &str)]) -> Option<&'static str> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: header::HeaderName = name.parse().unwrap();
            map.insert(name, value.parse().unwrap());
        }
        guard.refusal(&Method::POST, &map).map(|p| p.code())
    }

    #[test]
    fn only_own_and_allowed_pages_may_post() {
        let address = "0.0.0.0:8080".parse().unwrap();
        let guard = Guard::new(&["https://hmi.example".to_owned()], &[], address);
        let host = ("host", "plant:8080");
        let table = [
            (None, None),
            (Some("http://plant:8080"), None),
            (Some("https://hmi.example"), None),
            (Some("http://plant:8081"), Some("FORBIDDEN_ORIGIN")),
            (Some("http://evil.example"), Some("FORBIDDEN_ORIGIN")),
            (Some("null"), Some("FORBIDDEN_ORIGIN")),
        ];
        for (origin, expected) in table {
            let mut headers = vec![host];
            headers.extend(origin.map(|o| ("origin", o)));
            assert_eq!(code(&guard, &headers), expected, "{origin:?}");
        }
    }

    #[test]
    fn a_server_of_this_machine_answers_to_no_other_name() {
        let address = "127.0.0.1:8080".parse().unwrap();
        let guard = Guard::new(&[], &["plant.example".to_owned()], address);
        let own = ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "plant.example"];
        for host in own {
            assert_eq!(code(&guard, &[("host", host)]), None, "{host}");
        }
        for host in ["evil.example:8080", "localhost.evil.example", ""] {
            assert_eq!(code(&guard, &[("host", host)]), Some("UNKNOWN_HOST"), "{host}");
        }
    }
}
