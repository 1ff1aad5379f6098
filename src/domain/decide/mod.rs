//! Commands → changes: all business rules, a file a command. Pure and synchronous.

mod apart;
mod bind;
pub(in crate::domain) mod check;
mod context;
mod decision;
mod delete_twin;
mod join;
mod judge;
mod link_id;
mod merge_edges;
mod merge_twins;
mod migrate_twins;
mod open_streams;
mod put_record;
mod put_twin;
mod refer;
mod relate;
mod retire_models;
mod set_properties;
mod settle;
mod split_twin;
mod swap_device;
mod tasks;
mod texts;
mod undo;
mod undo_check;
mod upload_models;

pub use context::{Context, IdSource};
pub use migrate_twins::possible as migration_possible;
pub use open_streams::{OpenedStreams, open_streams};
pub use tasks::TASKS_OPEN_MAX;
pub use upload_models::retired as upload_without_retired;

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
    let mut changes = changes(state, command, context)?;
    // Taking a decision back opens the questions that it answered.
    if !matches!(command, Command::Undo(_)) {
        changes.extend(settle::settled(state, command, &changes, context));
    }
    Ok(decision::marked(command, changes))
}

fn changes(
    state: &State,
    command: &Command,
    context: &mut Context<'_>,
) -> Result<Vec<Change>, Rejection> {
    match command {
        Command::UploadModels(command) => upload_models::decide(state, command),
        Command::DeclareSystem(command) => Ok(put_record::declare_system(state, command)),
        Command::PutTwin(command) => put_twin::decide(state, command, context),
        Command::SetProperties(command) => set_properties::decide(state, command),
        Command::DeleteTwin(command) => delete_twin::decide(state, command),
        Command::Relate(command) => relate::decide(state, command),
        Command::Refer(command) => refer::decide(state, command),
        Command::Unrelate(command) => relate::unrelate(state, command),
        Command::LinkId(command) => link_id::decide(state, command, context),
        Command::UnlinkId(command) => link_id::unlink(state, command),
        Command::Bind(command) => bind::decide(state, command),
        Command::Unbind(command) => bind::unbind(state, command),
        Command::SwapDevice(command) => swap_device::decide(state, command, context),
        Command::PutRecord(command) => Ok(put_record::decide(state, command)),
        Command::RetractRecord(command) => Ok(put_record::retract(state, command)),
        Command::MergeTwins(command) => merge_twins::decide(state, command, context),
        Command::SplitTwin(command) => split_twin::decide(state, command, context),
        Command::Judge(command) => judge::decide(state, command, context),
        Command::Withdraw(command) => judge::withdraw(state, command),
        Command::RaiseTasks(proposals) => Ok(tasks::raise(state, proposals, context)),
        Command::CloseTask(command) => Ok(tasks::close(state, command)),
        Command::ApproveTask(command) => tasks::approve(state, command, context),
        Command::RejectTask(command) => tasks::reject(state, command, context),
        Command::Undo(command) => undo::decide(state, command, context),
        Command::DeclareSource(command) => Ok(put_record::declare_source(state, command)),
        Command::CommissionModel(command) => retire_models::commission(state, command),
        Command::DeleteModels(command) => retire_models::delete(state, command),
        Command::MigrateTwins(command) => migrate_twins::decide(state, command),
    }
}
