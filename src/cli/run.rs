//! From arguments to an exit code.

use std::process::ExitCode;

use super::args::{Cli, Command};
use super::output::{Failure, tell};
use super::{bench, serve};

/// Runs a command. 0: done. 1: it found problems, or could not be done. 2: it was called wrongly.
pub fn run(cli: Cli) -> ExitCode {
    crate::observe::start_logs(cli.log_format);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tell(format_args!("counterpart: the runtime cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let done: Result<ExitCode, Failure> = runtime.block_on(async {
        match cli.command {
            Command::Demo(demo) => demo.run().await,
            Command::Serve(serve) => serve.run().await,
            Command::Models(models) => models.run().await,
            Command::Import(import) => import.run().await,
            Command::Sources(sources) => sources.run().await,
            Command::Review(review) => review.run().await,
            Command::Match(matching) => matching.run().await,
            Command::Replay(replay) => replay.run().await,
            Command::Bench(bench) => bench::run(bench, serve::command)
                .await
                .map(|()| ExitCode::SUCCESS)
                .map_err(|e| Failure::Other(e.to_string())),
        }
    });
    // What still runs, such as an import that was cut off, must not hold up the end.
    runtime.shutdown_background();
    done.unwrap_or_else(|failure| {
        let gone = |e: &std::io::Error| e.kind() == std::io::ErrorKind::BrokenPipe;
        if !matches!(&failure, Failure::Output(error) if gone(error)) {
            tell(format_args!("counterpart: {failure}"));
        }
        ExitCode::FAILURE
    })
}
