//! Values: whether JSON conforms to a schema, and where it does not.

mod error;
mod instance;
mod lexical;
mod validate;

pub use error::ValueError;
pub(crate) use lexical::is_duration;
