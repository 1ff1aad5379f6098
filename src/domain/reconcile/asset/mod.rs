//! Matching in the asset world.

pub mod alias;
pub mod candidates;
pub mod compare;
pub mod evidence;
pub mod explain;
pub mod facts;
pub mod golden;
pub mod history;
pub mod identity;
pub mod index;
pub mod kind;
pub mod links;
pub mod model;
pub mod place;
pub mod postings;
pub mod prior;
pub mod reader;
pub mod resolve;
pub mod sheet;
pub mod site;
pub mod talk;
pub mod trees;
pub mod values;
pub mod world;
