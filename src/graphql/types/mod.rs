//! One GraphQL type a file.

pub mod scalars;

pub mod page;

pub mod property_filter;
pub mod twin;
pub mod twin_fields;
pub mod twin_links;
pub mod twin_search;

pub mod component;
pub mod typed;
pub mod value;

pub mod model;

pub mod disagreements;

pub mod coverage;
pub mod coverage_lists;
pub mod external_id;
pub mod property;
pub mod provenance;
pub mod relationship;
pub mod state;

pub mod binding;
pub mod reading;
pub mod stream;
pub mod stream_list;

pub mod source;
pub mod source_record;

pub mod decision;
pub mod impact;
pub mod record_ref;
pub mod task;
pub mod verdict;

pub mod system;

pub mod resolution;

pub mod payload;

pub mod twin_change;

pub mod server_info;
