//! Whom the log names for what came over HTTP.

use http::{HeaderMap, HeaderValue, header};

/// How our own command line names itself to a server, before its version.
const CLI_AGENT: &str = "counterpart-cli";
/// Whom the log names for the command line.
pub const CLI: &str = "cli";

/// Our own programs, as they name themselves, and whom the log names for them.
const KNOWN: [(&str, &str); 1] = [(CLI_AGENT, CLI)];

/// Whom the log names for a request, by its `User-Agent`: one of the programs that are known, else nobody in particular.
///
/// Callers are not authenticated, and any of them can send any header. So this is a label that helps to read the log, and
/// proves nothing; no right may ever follow from it.
pub fn actor(headers: &HeaderMap) -> Option<&'static str> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    let product = agent.split(['/', ' ']).next()?;
    KNOWN.iter().find(|(name, _)| *name == product).map(|(_, actor)| *actor)
}

/// The headers by which the command line names itself.
pub fn of_cli() -> HeaderMap {
    let agent = concat!("counterpart-cli/", env!("CARGO_PKG_VERSION"));
    HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_static(agent))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_programs_have_names() {
        assert_eq!(actor(&of_cli()), Some(CLI));
        for agent in ["curl/8.5.0", "counterpart-client/1", "cli", "Mozilla/5.0 counterpart-cli/1"]
        {
            let headers =
                HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_static(agent))]);
            assert_eq!(actor(&headers), None, "{agent}");
        }
        assert_eq!(actor(&HeaderMap::new()), None);
    }
}
