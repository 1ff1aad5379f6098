//! Which form of answer a request's `Accept` header asks for.

use http::{HeaderMap, header};

/// A form in which an operation can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `application/json`: GraphQL errors come with status 200, as older clients expect.
    Json,
    /// `application/graphql-response+json`: the status tells whether the operation ran.
    GraphqlResponse,
    /// `text/event-stream`.
    EventStream,
}

/// What a client accepts, and how much it wants each, in thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Accepted {
    json: Option<Wish>,
    graphql_response: Option<Wish>,
    event_stream: Option<Wish>,
    html: Option<Wish>,
}

/// How much something is wanted: weight first, then how exactly it was named, then being early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Wish {
    weight: u16,
    exactness: u8,
    earliness: u16,
}

impl Accepted {
    /// Reads the `Accept` headers. A missing one means `application/json`.
    pub(super) fn from_headers(headers: &HeaderMap) -> Self {
        let mut accepted = Self::default();
        let mut earliness = u16::MAX;
        for value in headers.get_all(header::ACCEPT) {
            for range in value.to_str().unwrap_or_default().split(',') {
                accepted.add(range, earliness);
                earliness = earliness.saturating_sub(1);
            }
        }
        if !headers.contains_key(header::ACCEPT) {
            accepted.add("application/json", earliness);
        }
        accepted
    }

    fn add(&mut self, range: &str, earliness: u16) {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(quality).unwrap_or(1_000);
        let wish = |exactness| Wish { weight, exactness, earliness };
        match media_type.as_str() {
            "application/json" => prefer(&mut self.json, wish(2)),
            "application/graphql-response+json" => prefer(&mut self.graphql_response, wish(2)),
            "text/event-stream" => prefer(&mut self.event_stream, wish(2)),
            "text/html" => prefer(&mut self.html, wish(2)),
            // Whoever takes anything is most likely an older client, and those expect JSON.
            "application/*" => prefer(&mut self.json, wish(1)),
            "*/*" => prefer(&mut self.json, wish(0)),
            _ => {}
        }
    }

    /// Whether a browser asks for a page.
    pub(super) fn prefers_html(&self) -> bool {
        self.html.is_some_and(wanted)
            && self.html >= self.json
            && self.html >= self.graphql_response
            && self.html >= self.event_stream
    }

    /// The best form for an operation that is answered once.
    pub(super) fn answer_form(&self) -> Option<Form> {
        [
            (self.graphql_response, Form::GraphqlResponse),
            (self.json, Form::Json),
            (self.event_stream, Form::EventStream),
        ]
        .into_iter()
        .filter_map(|(wish, form)| Some((wish.filter(|wish| wanted(*wish))?, form)))
        .max_by_key(|(wish, _)| *wish)
        .map(|(_, form)| form)
    }

    /// Whether a subscription may be answered with an event stream.
    pub(super) fn event_stream(&self) -> bool {
        self.event_stream.is_some_and(wanted)
    }
}

fn wanted(wish: Wish) -> bool {
    wish.weight > 0
}

/// An exact name overrules a wildcard whatever their weights.
fn prefer(slot: &mut Option<Wish>, wish: Wish) {
    let rank = |wish: Wish| (wish.exactness, wish.weight, wish.earliness);
    if slot.is_none_or(|held| rank(held) < rank(wish)) {
        *slot = Some(wish);
    }
}

/// `q=0.8` as 800.
fn quality(parameter: &str) -> Option<u16> {
    let value = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="))?;
    let quality: f32 = value.trim().parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "clamped to 0..=1000")]
    #[expect(clippy::cast_sign_loss, reason = "clamped to 0..=1000")]
    let thousandths = (quality.clamp(0.0, 1.0) * 1_000.0).round() as u16;
    Some(thousandths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(accept: &str) -> Accepted {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().expect("a header value"));
        Accepted::from_headers(&headers)
    }

    #[test]
    fn clients_get_the_form_that_they_ask_for() {
        let table = [
            ("*/*", Some(Form::Json)),
            ("application/*", Some(Form::Json)),
            ("application/json; charset=utf-8", Some(Form::Json)),
            ("application/graphql-response+json", Some(Form::GraphqlResponse)),
            // graphql-http and Apollo
            ("application/graphql-response+json, application/json", Some(Form::GraphqlResponse)),
            (
                "multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9",
                Some(Form::GraphqlResponse),
            ),
            // urql
            (
                "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
                Some(Form::GraphqlResponse),
            ),
            ("text/event-stream, multipart/mixed", Some(Form::EventStream)),
            ("application/json;q=0.5, application/graphql-response+json;q=0.4", Some(Form::Json)),
            ("application/json;q=0, */*", None),
            ("image/png", None),
            ("", None),
        ];
        for (accept, form) in table {
            assert_eq!(accepted(accept).answer_form(), form, "{accept}");
        }
    }

    #[test]
    fn a_missing_header_means_json() {
        let accepted = Accepted::from_headers(&HeaderMap::new());
        assert_eq!(accepted.answer_form(), Some(Form::Json));
    }

    #[test]
    fn browsers_get_the_page_and_scripts_do_not() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        assert!(accepted(browser).prefers_html());
        assert!(!accepted("*/*").prefers_html());
        assert!(!accepted("application/json, text/html;q=0.5").prefers_html());
    }
}
