//! What commands would do. Few are done beyond the position that readers see, looked at, and taken back.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::decide::Decider;
use super::error::EngineError;
use super::handle::Engine;
use super::prepare::Preparer;
use super::work::{Preview, Work};
use crate::domain::command::Command;
use crate::domain::impact::{StreamMove, impact};
use crate::domain::rejection::Rejection;
use crate::store::Window;

/// Most commands of one preview: memory holds them and what they would do.
pub const PREVIEW_COMMANDS_MAX: usize = 1_000_000;
/// Most commands that the writer previews, as it does nothing else meanwhile; more are done on a state of their own.
pub const IN_WRITER_COMMANDS_MAX: usize = 2_000;
/// Readings that change hands are counted up to this many.
pub const READINGS_COUNTED_MAX: u64 = 10_000_000;

impl Engine {
    /// What commands would do, each seeing what those before it would have done. Nothing is changed,
    /// and no reader sees any of it.
    ///
    /// # Errors
    /// Why the engine could not take them.
    pub async fn preview(
        &self,
        actor: &str,
        commands: Vec<Command>,
    ) -> Result<Preview, EngineError> {
        if commands.len() > PREVIEW_COMMANDS_MAX {
            return Err(Rejection::Invalid(format!(
                "{} commands are previewed at once; at most {PREVIEW_COMMANDS_MAX} are accepted",
                commands.len()
            ))
            .into());
        }
        if let Some(command) = commands.iter().find(|command| shows_at_once(command)) {
            return Err(Rejection::Invalid(format!(
                "{} cannot be previewed; what it does shows as soon as it is applied",
                if matches!(command, Command::UploadModels(_)) {
                    "an upload of models"
                } else {
                    "the declaration of a system or source"
                }
            ))
            .into());
        }
        if commands.len() > IN_WRITER_COMMANDS_MAX {
            return self.preview_apart(actor, commands).await;
        }
        let (reply, answer) = oneshot::channel();
        self.send(Work::Preview { actor: actor.into(), commands, reply }).await?;
        answer.await.map_err(|_| EngineError::Stopping)?
    }

    /// How many readings change hands, up to [`READINGS_COUNTED_MAX`].
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn readings_of(&self, moved: &StreamMove) -> Result<u64, EngineError> {
        let known = self.head();
        let stream = self.read(|state| state.streams.find_known(moved.key.as_ref(), known));
        let Some(stream) = stream else {
            return Ok(0);
        };
        let window = Window { stream, times: moved.times, known };
        Ok(self.store().count(window, READINGS_COUNTED_MAX).await?)
    }
}

impl Preparer<'_> {
    /// Does the commands and takes them back.
    pub(super) fn preview(&mut self, actor: &Arc<str>, commands: &[Command]) -> Preview {
        let mut decider =
            Decider::new(&self.shared.state, self.ids, self.position, self.now, actor);
        let outcomes = commands.iter().map(|command| decider.decide(command)).collect();
        let touched = decider.touched;
        let mut state = self.shared.state.write();
        let impact = impact(&state, self.position, &touched);
        state.roll_back(self.position, &touched);
        drop(state);
        Preview { outcomes, impact, position: self.shared.head() }
    }
}

/// Whether what a command does is not kept by positions, so that readers would see it.
fn shows_at_once(command: &Command) -> bool {
    matches!(
        command,
        Command::UploadModels(_) | Command::DeclareSystem(_) | Command::DeclareSource(_)
    )
}
