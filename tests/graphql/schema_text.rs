//! `graphql/schema.graphql`: the schema of the base ontology, kept in the repository.

use counterpart::graphql::ReadBounds;

use crate::fixture::{Plant, models, repository};

/// Set this to write the file instead of comparing it.
const WRITE: &str = "COUNTERPART_WRITE_SCHEMA";

#[tokio::test]
async fn the_schema_in_the_repository_is_the_one_that_is_served() {
    let plant = Plant::empty(ReadBounds::default()).await;
    plant.engine.upload_models("test", models("base")).await.unwrap();
    plant.data("{ position }", serde_json::Value::Null).await;
    let header = "# The schema of the base ontology in models/base; each upload of models adds types.\n\
                  # Written by a test: COUNTERPART_WRITE_SCHEMA=1 cargo test --test graphql schema_text\n\n";
    let served = format!("{header}{}", plant.graphql.sdl());
    let file = repository().join("graphql/schema.graphql");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&file, &served).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let changed = kept.lines().zip(served.lines()).find(|(kept, served)| kept != served);
    assert!(
        kept == served,
        "graphql/schema.graphql is not what is served; the first difference is {changed:?}; \
         set {WRITE}=1 to write it, and read the diff as a client would"
    );
}
