//! `counterpart models migrate`: looks at all twins first, then migrates them batch by batch.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::ExitCode;

use clap::Args;
use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::cli::data::{Data, Where};
use crate::cli::output::{Failure, Format, items, text};

/// Twins of one look or one batch.
const BATCH_TWINS: usize = 500;
/// Examples of each kind of finding that are kept.
const EXAMPLES_MAX: usize = 3;

/// Give twins of one model another: what would become of them, and with --apply, do it.
///
/// Values, bindings and relationships that fit stay, units are converted. Nothing is done if anything
/// would be lost that --drop does not name. Broken off, the same command goes on where it was.
/// Exit code 1 when something would be lost.
#[derive(Debug, Args)]
pub struct Migrate {
    /// The DTMI of the model that the twins have
    from: String,
    /// The DTMI of the model that they get: most often a newer version
    to: String,
    /// Do it
    #[arg(long)]
    apply: bool,
    /// A path of a property or telemetry, or the name of a relationship, that may be lost; may be given
    /// several times
    #[arg(long, value_name = "PATH")]
    drop: Vec<String>,
    /// Since when, in RFC 3339 [default: now]; before, the twins keep the older model
    #[arg(long, value_name = "MOMENT")]
    at: Option<String>,
    /// Only this twin, by its id; may be given several times
    #[arg(long, value_name = "ID")]
    twin: Vec<String>,
    /// Another model whose twins are migrated too, before or after: relationships are judged as if that
    /// were done; may be given several times
    #[arg(long, value_name = "FROM=TO", value_parser = pair)]
    together: Vec<(String, String)>,
    #[command(flatten)]
    place: Where,
    /// What the result looks like
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (from, to) = text.split_once('=').ok_or("write the two DTMIs as FROM=TO")?;
    Ok((from.to_owned(), to.to_owned()))
}

const MIGRATE: &str =
    "mutation($from: ID!, $to: ID!, $twins: [ID!], $at: DateTime, $drop: [String!],
    $together: [ModelPairInput!], $dryRun: Boolean, $first: Int, $after: String) {
  migrateTwins(from: $from, to: $to, twins: $twins, at: $at, drop: $drop, together: $together,
      dryRun: $dryRun, first: $first, after: $after) {
    migrated lossy remaining endCursor
    twins { id findings { subject path effect message } }
  }
}";

/// What was found about all twins.
#[derive(Default)]
struct Found {
    twins: usize,
    fitting: usize,
    lossy: u64,
    kinds: BTreeMap<(String, String, String), Kind>,
}

/// Findings of one effect about one path.
#[derive(Default)]
struct Kind {
    twins: usize,
    examples: Vec<String>,
}

impl Migrate {
    /// Looks, tells, and migrates if that is asked for.
    ///
    /// # Errors
    /// When a model is not known, or the migration breaks off.
    pub(super) async fn run(self) -> Result<ExitCode, Failure> {
        let mut catalogue = self.place.open().await?;
        let done = self.migrate(&mut catalogue).await;
        catalogue.close().await;
        let (found, migrated) = done?;
        self.format.tell(&json(&found, migrated), |shown| self.human(shown))?;
        Ok(if found.lossy > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    async fn migrate(&self, catalogue: &mut Data) -> Result<(Found, usize), Failure> {
        let bar = crate::cli::progress::progress_bar();
        let found = self.look(catalogue, &bar).await?;
        let mut migrated = 0;
        let mut goes_on = self.apply && found.lossy == 0;
        while goes_on {
            let page = catalogue.ask(MIGRATE, self.variables(false, &Value::Null)).await?;
            let done = page["migrated"].as_u64().unwrap_or_default() as usize;
            migrated += done;
            bar.set_message(format!("{migrated} of {} twins migrated", found.twins));
            goes_on = done > 0 && page["remaining"] != 0;
        }
        bar.finish_and_clear();
        Ok((found, migrated))
    }

    async fn look(&self, catalogue: &mut Data, bar: &ProgressBar) -> Result<Found, Failure> {
        let mut found = Found::default();
        let mut after = Value::Null;
        loop {
            let page = catalogue.ask(MIGRATE, self.variables(true, &after)).await?;
            found.take_up(&page);
            bar.set_message(format!("{} twins looked at", found.twins));
            after = page["endCursor"].clone();
            if page["remaining"] == 0 || after.is_null() {
                return Ok(found);
            }
        }
    }

    fn variables(&self, dry_run: bool, after: &Value) -> Value {
        let pair = |(from, to): &(String, String)| json!({ "from": from, "to": to });
        let together: Vec<Value> = self.together.iter().map(pair).collect();
        let twins = Some(&self.twin).filter(|twins| !twins.is_empty());
        json!({
            "from": self.from, "to": self.to, "twins": twins, "at": self.at, "drop": self.drop,
            "together": together, "dryRun": dry_run, "first": BATCH_TWINS, "after": after,
        })
    }

    fn human(&self, found: &Value) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        for finding in items(&found["findings"]) {
            let word = |name: &str| text(&finding[name]).to_lowercase();
            let (effect, subject, path) = (word("effect"), word("subject"), text(&finding["path"]));
            let _ = writeln!(out, "{effect}: {subject} `{path}` of {} twins", finding["twins"]);
            for example in items(&finding["examples"]) {
                let _ = writeln!(out, "  {}", text(example));
            }
        }
        let (twins, fitting, lossy) = (&found["twins"], &found["fitting"], &found["lossy"]);
        let _ =
            writeln!(out, "{twins} twins of {}: {fitting} fit {} as they are.", self.from, self.to);
        out.push_str(&match (self.apply, *lossy == 0) {
            (_, false) => format!(
                "{lossy} would lose something, so nothing is done; mend it, or name with --drop what may be lost."
            ),
            (true, true) => format!("{} were migrated.", found["migrated"]),
            (false, true) => "Nothing would be lost without leave; --apply does it.".to_owned(),
        });
        out
    }
}

impl Found {
    fn take_up(&mut self, page: &Value) {
        self.lossy += page["lossy"].as_u64().unwrap_or_default();
        for twin in page["twins"].as_array().into_iter().flatten() {
            self.twins += 1;
            let findings = twin["findings"].as_array().into_iter().flatten();
            let mut of_twin = BTreeMap::new();
            for finding in findings {
                let word = |name: &str| text(&finding[name]).to_owned();
                let key = (word("effect"), word("subject"), word("path"));
                of_twin.entry(key).or_insert_with(|| word("message"));
            }
            self.fitting += usize::from(of_twin.is_empty());
            for (key, message) in of_twin {
                let kind = self.kinds.entry(key).or_default();
                kind.twins += 1;
                if kind.examples.len() < EXAMPLES_MAX {
                    kind.examples.push(format!("twin {}: {message}", text(&twin["id"])));
                }
            }
        }
    }
}

fn json(found: &Found, migrated: usize) -> Value {
    let findings = found.kinds.iter().map(|((effect, subject, path), kind)| {
        json!({
            "effect": effect, "subject": subject, "path": path,
            "twins": kind.twins, "examples": kind.examples,
        })
    });
    json!({
        "twins": found.twins,
        "fitting": found.fitting,
        "lossy": found.lossy,
        "migrated": migrated,
        "findings": findings.collect::<Vec<_>>(),
    })
}
