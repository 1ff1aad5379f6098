//! The explorer page: one file without third-party parts, so that it works in a plant without
//! internet.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, header};
use serde_json::json;

use super::service::ExampleOperation;

const PAGE: &str = include_str!("graphiql.html");

/// Where the page keeps the examples, as JSON.
const EXAMPLES: &str = "[/* examples */]";

/// The page with its examples filled in.
pub(super) fn page(examples: &[ExampleOperation]) -> Bytes {
    let examples: Vec<_> = examples
        .iter()
        .map(|example| {
            json!({
                "title": example.title,
                "document": example.document,
                "variables": example.variables,
            })
        })
        .collect();
    // `<` could close the script element that holds the JSON.
    let examples = json!(examples).to_string().replace('<', "\\u003c");
    PAGE.replace(EXAMPLES, &examples).into()
}

/// The page as a response. It may run its own script and talk to its own server, nothing else.
pub(super) fn response(page: &Bytes) -> Response {
    let mut response = Response::new(Body::from(page.clone()));
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
             connect-src 'self' ws: wss:; img-src data:; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_cannot_break_out_of_the_page() {
        let page = page(&[ExampleOperation {
            title: "</script><script>alert(1)</script>".to_owned(),
            document: "{ a }".to_owned(),
            variables: String::new(),
        }]);
        let page = std::str::from_utf8(&page).expect("the page is text");
        assert!(!page.contains("<script>alert"));
        assert!(page.contains("\\u003c/script>"));
        assert!(!page.contains(EXAMPLES));
    }

    #[test]
    fn the_page_loads_nothing_from_elsewhere() {
        for sign in ["src=\"http", "href=\"http", "//cdn", "unpkg", "@import"] {
            assert!(!PAGE.contains(sign), "{sign}");
        }
    }
}
