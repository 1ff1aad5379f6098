//! Brick buildings in Turtle: entities become twins of RealEstateCore and Brick models, object
//! properties become relationships, and points, if the mapping asks for it, are bound to streams.

mod classes;
mod options;
mod points;
mod read;
mod relationships;
mod turtle;

pub use classes::OLD_CLASSES;
pub use options::Options;
pub use read::read;
