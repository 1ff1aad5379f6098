//! Commands → changes: all business rules, a file a command. Pure and synchronous.

mod bind;
mod check;
mod context;
mod delete_twin;
mod link_id;
mod open_streams;
mod put_record;
mod put_twin;
mod relate;
mod set_properties;
mod swap_device;
mod texts;
mod upload_models;

pub use context::{Context, IdSource};
pub use open_streams::{OpenedStreams, open_streams};

use super::change::Change;
use super::command::Command;
use super::rejection::Rejection;
use super::state::State;

/// Decides a command: the changes that it makes, none when all that it says is so already.
///
/// # Errors
/// The reason why it cannot be done; then nothing is to be changed.
pub fn decide(
    state: &State,
    command: &Command,
    context: &mut Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    texts::check(command)?;
    match command {
        Command::UploadModels(command) => upload_models::decide(state, command),
        Command::DeclareSystem(command) => Ok(put_record::declare_system(state, command)),
        Command::PutTwin(command) => put_twin::decide(state, command, context),
        Command::SetProperties(command) => set_properties::decide(state, command),
        Command::DeleteTwin(command) => delete_twin::decide(state, command),
        Command::Relate(command) => relate::decide(state, command),
        Command::Unrelate(command) => relate::unrelate(state, command),
        Command::LinkId(command) => link_id::decide(state, command, context),
        Command::UnlinkId(command) => link_id::unlink(state, command),
        Command::Bind(command) => bind::decide(state, command),
        Command::Unbind(command) => bind::unbind(state, command),
        Command::SwapDevice(command) => swap_device::decide(state, command, context),
        Command::PutRecord(command) => Ok(put_record::decide(state, command)),
        Command::RetractRecord(command) => Ok(put_record::retract(state, command)),
        Command::DeclareSource(command) => Ok(put_record::declare_source(state, command)),
    }
}
