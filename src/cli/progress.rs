//! How far a long command is: on a terminal in a line that changes, elsewhere in a log line now and then.

use std::convert::Infallible;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use parking_lot::Mutex;
use tokio::sync::watch;

use super::client::Client;
use crate::curation::Step;
use crate::http::{ImportProgress, Progress};

/// How often the line on a terminal is written anew.
const TICK: Duration = Duration::from_millis(100);
/// How often a server is asked how far it is.
const ASK_EVERY: Duration = Duration::from_millis(500);
/// How often a log line tells it; short work leaves none.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Shows how far something is on standard error.
pub(super) struct Shown {
    bar: ProgressBar,
    /// When the last log line was written; none where there is a terminal.
    lines: Option<Mutex<Instant>>,
}

/// Who knows how far matching is.
pub(super) enum Knows {
    /// This process.
    Here(watch::Receiver<Option<Step>>),
    /// The server at this URL.
    There(String),
}

impl Shown {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        let lines = (!std::io::stderr().is_terminal()).then(|| Mutex::new(Instant::now()));
        Self { bar: progress_bar(), lines }
    }

    /// It is that far.
    pub(super) fn say(&self, message: String) {
        match &self.lines {
            None => self.bar.set_message(message),
            Some(last) => {
                let mut last = last.lock();
                if last.elapsed() >= LINE_EVERY {
                    *last = Instant::now();
                    tracing::info!("{message}");
                }
            }
        }
    }

    /// An import is that far.
    pub(super) fn import(&self, import: ImportProgress) {
        self.say(format!("{} of {} done", import.done, import.read));
    }

    /// Waits for work, and shows meanwhile how far it is.
    pub(super) async fn during<T>(&self, knows: Knows, work: impl Future<Output = T>) -> T {
        let follow = async {
            match knows {
                Knows::Here(steps) => self.follow(steps).await,
                Knows::There(url) => self.ask(&url).await,
            }
        };
        tokio::select! {
            done = work => done,
            never = follow => match never {},
        }
    }

    async fn follow(&self, mut steps: watch::Receiver<Option<Step>>) -> Infallible {
        while steps.changed().await.is_ok() {
            let step = *steps.borrow_and_update();
            if let Some(step) = step {
                self.say(step.to_string());
            }
        }
        std::future::pending().await
    }

    /// A server that cannot tell is only waited for: the work itself will say what is wrong with it.
    async fn ask(&self, url: &str) -> Infallible {
        if let Ok(mut client) = Client::connect(url).await {
            loop {
                tokio::time::sleep(ASK_EVERY).await;
                let Ok(answer) = client.get("/progress").await else { break };
                let Ok(progress) = serde_json::from_slice(&answer.body) else { break };
                self.tell(&progress);
            }
        }
        std::future::pending().await
    }

    fn tell(&self, progress: &Progress) {
        match (progress.matching, &progress.imports[..]) {
            (Some(step), _) => self.say(step.to_string()),
            (None, []) => {}
            (None, imports) => {
                let sum = |sum: ImportProgress, one: &ImportProgress| ImportProgress {
                    read: sum.read + one.read,
                    done: sum.done + one.done,
                };
                self.import(imports.iter().fold(ImportProgress::default(), sum));
            }
        }
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A spinner on standard error; invisible when that is no terminal.
pub(super) fn progress_bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {msg} ({elapsed})");
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}
