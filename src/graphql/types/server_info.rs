//! `ServerInfo`: what the server is, and how much it holds.

use async_graphql::dynamic::Type;

use crate::domain::state::State;
use crate::engine::Engine;
use crate::graphql::build::{Answer, count, field, object, one, scalar, text};

struct Info {
    engine: Engine,
}

impl Info {
    fn count(&self, of: fn(&State) -> usize) -> Answer {
        count(self.engine.read(of))
    }
}

/// The type.
pub fn types() -> Vec<Type> {
    let fields = vec![
        field::<Info, _>("version", "String!", |_, _| text(env!("CARGO_PKG_VERSION"))),
        field::<Info, _>("position", "LogPosition!", |i, _| text(i.engine.head().to_string()))
            .description("The last position that can be read."),
        field::<Info, _>("now", "DateTime!", |i, _| text(i.engine.now().to_string())),
        field::<Info, _>("store", "String!", |i, _| text(i.engine.store().kind())),
        field::<Info, _>("ready", "Boolean!", |i, _| scalar(i.engine.is_ready()))
            .description("Whether writes are taken."),
        field::<Info, _>("twins", "Long!", |i, _| i.count(|s| s.graph.ids().len()))
            .description("How many twins there are, or were."),
        field::<Info, _>("streams", "Long!", |i, _| i.count(|s| s.streams.len())),
        field::<Info, _>("models", "Long!", |i, _| i.count(|s| s.catalogue.len())),
    ];
    vec![object("ServerInfo", "What the server is, and how much it holds.", fields).into()]
}

/// The server.
pub fn info(engine: &Engine) -> Answer {
    one(Info { engine: engine.clone() })
}
