//! GraphQL against a small plant: golden answers, and sentences about behaviour.

mod coverage;
mod fixture;
mod golden;

mod operations;

mod schema_text;
mod settling;
mod staging;

mod types_of_models;

mod reads;

mod versions;

mod writes;

mod subscriptions;
