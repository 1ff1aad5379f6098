//! The command line: exit codes, what is said, and where.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::plant::{Plant, counterpart, files};

fn run(arguments: &[&str]) -> Output {
    counterpart().args(arguments).output().expect("the program runs")
}

fn error_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn each_command_explains_itself() {
    let commands: [&[&str]; 25] = [
        &[],
        &["serve"],
        &["demo"],
        &["models"],
        &["models", "check"],
        &["models", "upload"],
        &["import"],
        &["sources"],
        &["sources", "check"],
        &["sources", "list"],
        &["sources", "show"],
        &["match"],
        &["match", "run"],
        &["match", "probe"],
        &["match", "files"],
        &["review"],
        &["review", "list"],
        &["review", "show"],
        &["review", "approve"],
        &["review", "reject"],
        &["review", "merge"],
        &["review", "split"],
        &["review", "undo"],
        &["replay"],
        &["bench"],
    ];
    for command in commands {
        let done = run(&[command, &["--help"]].concat());
        assert_eq!(done.status.code(), Some(0), "{command:?}");
        assert!(done.stdout.starts_with(b"A ") || done.stdout.len() > 100, "{command:?}");
        assert!(done.stderr.is_empty(), "{command:?}");
    }
}

#[test]
fn the_check_of_a_source_shows_records_and_tells_what_is_wrong() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let toml = "format = 'csv'\nsystem = 'cmms'\nkey = 'no'\nmodel = 'dtmi:com:example:Pump;1'\nidentity.serial = 'sn'\n";
    std::fs::write(path("cmms.toml"), toml).expect("it can be written");
    std::fs::write(path("wrong.toml"), toml.replace("key", "kee")).expect("it can be written");
    std::fs::write(path("a.csv"), "no,sn\n1,44710-07\n,x\n").expect("it can be written");
    let done = run(&["sources", "check", &path("cmms.toml"), &path("a.csv")]);
    let shown = String::from_utf8_lossy(&done.stdout).into_owned();
    assert_eq!(done.status.code(), Some(1), "{shown}");
    assert!(shown.contains("(source cmms): 1 twins, 1 records"), "{shown}");
    assert!(shown.contains("identity.serial = 44710-07"), "{shown}");
    assert!(shown.contains("a.csv:3: the row has no id in `no`"), "{shown}");
    let done = run(&["sources", "check", &path("wrong.toml"), &path("a.csv")]);
    assert_eq!(done.status.code(), Some(1));
    assert!(error_of(&done).contains("unknown field `kee`"), "{}", error_of(&done));
}

#[test]
fn the_check_of_a_source_finds_properties_that_the_models_do_not_have() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let write =
        |name: &str, text: &str| std::fs::write(path(name), text).expect("it can be written");
    let place = "dtmi:counterpart:base:Position;1";
    write(
        "cmms.toml",
        &format!(
            "format = 'csv'\nsystem = 'cmms'\nkey = 'no'\nmodel = 'dtmi:counterpart:base:Unit;1'\n\
             [properties]\nname = 'no'\nserialNumbr = 'sn'\n  partOf = 'sn'\n\
             [also.position]\nkey = 'sn'\nmodel = '{place}'\n\
             [also.position.properties]\nmanufacturer = 'sn'\n"
        ),
    );
    write("a.csv", "no,sn\n1,44710-07\n");
    let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models/base");
    let models = models.display().to_string();
    let check = |more: &[&str]| {
        let done = run(&[&["sources", "check", &path("cmms.toml"), &path("a.csv")], more].concat());
        (done.status.code(), String::from_utf8_lossy(&done.stdout).into_owned())
    };
    let (code, shown) = check(&["--models", &models]);
    assert_eq!(code, Some(1), "{shown}");
    for (at, words) in [
        ("cmms.toml:7:1: ", "has no property `serialNumbr`; did you mean `serialNumber`?"),
        ("cmms.toml:13:1: ", "Position;1 has no property `manufacturer`; it has: "),
    ] {
        let line =
            shown.lines().find(|line| line.contains(at)).unwrap_or_else(|| panic!("{shown}"));
        assert!(line.contains(words), "{shown}");
    }
    assert!(!shown.contains("`name`"), "{shown}");
    let relation = shown.lines().find(|line| line.contains("cmms.toml:8:3: "));
    assert!(relation.is_some_and(|line| line.contains("a relationship")), "{shown}");
    // Without models nobody knows, and models of others do not tell.
    assert_eq!(check(&[]).0, Some(0));
    let device =
        files().iter().find(|f| f.ends_with("Thing.json")).map(|f| f.display().to_string());
    let (code, shown) = check(&["--models", &device.expect("the model of things")]);
    assert_eq!(code, Some(0), "{shown}");
    assert!(
        shown.contains("cmms.toml:4:1: note: `dtmi:counterpart:base:Unit;1` is not among"),
        "{shown}"
    );
}

#[test]
fn a_wrong_call_is_2_a_failure_is_1_and_the_reason_goes_to_standard_error() {
    let model = files()[0].display().to_string();
    let table: [(&[&str], i32, &str); 15] = [
        (&["nope"], 2, "unrecognized subcommand"),
        (&["serve", "--nope"], 2, "--nope"),
        (&["serve", "--listen", "nope"], 2, "--listen"),
        (&["serve", "--data", "a", "--database", "b"], 2, "cannot be used with"),
        (&["import"], 2, "<FILE>"),
        (&["replay"], 2, "--verify"),
        (&["serve", "--config", "/no/such.toml"], 1, "/no/such.toml"),
        (&["serve", "--data", "/proc/no/such"], 1, "/proc/no/such"),
        (&["serve", "--database", "postgres://127.0.0.1:1/x"], 1, "store"),
        (&["serve", "--database", "mysql://u:secret@h/x"], 1, "postgres://user"),
        (&["import", "--data", "/proc/no/such", &model], 1, "/proc/no/such"),
        (&["import", "--server", "http://127.0.0.1:1", &model], 1, "127.0.0.1:1"),
        (&["import", "--server", "nope", &model], 1, "http://host:port"),
        (&["models", "check", "/no/such.json"], 1, "/no/such.json"),
        (&["replay", "--verify", "--data", "/no/such"], 1, "there is no store in `/no/such`"),
    ];
    for (arguments, code, words) in table {
        let done = run(arguments);
        let error = error_of(&done);
        assert_eq!(done.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(error.contains(words), "{arguments:?}: {error}");
        assert!(done.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_misspelt_setting_is_refused_by_name_in_the_file_and_in_the_environment() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("c.toml");
    std::fs::write(&file, "[server]\nlissten = \"127.0.0.1:0\"\n").expect("it can be written");
    let file = file.display().to_string();
    let error = error_of(&run(&["serve", "--config", &file]));
    assert!(error.contains("lissten") && error.contains("c.toml"), "{error}");
    let path = directory.path().display().to_string();
    for (name, value, word) in [
        ("COUNTERPART_SERVER__LISSTEN", "127.0.0.1:0", "lissten"),
        ("COUNTERPART_SEVER__LISTEN", "127.0.0.1:0", "sever"),
        ("COUNTERPART_SERVER__CONNECTIONS", "many", "connections"),
    ] {
        let mut command = counterpart();
        let command = command.args(["serve", "--data", &path]).env(name, value);
        let done = command.output().expect("the program runs");
        assert_eq!(done.status.code(), Some(1), "{name}");
        assert!(error_of(&done).to_lowercase().contains(word), "{name}: {}", error_of(&done));
    }
}

#[test]
fn a_reader_that_goes_away_is_no_reason_to_panic() {
    let model = files()[0].display().to_string();
    let mut command = counterpart();
    let command = command.args(["models", "check", &model]).stderr(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
    drop(child.stdout.take());
    let done = child.wait_with_output().expect("the program ends");
    assert!(!error_of(&done).contains("panicked"), "{}", error_of(&done));
    assert!(matches!(done.status.code(), Some(0 | 1)), "{:?}", done.status);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_server_runs_imports_go_through_it_and_nothing_else_gets_in() {
    let plant = Plant::empty(&[]).await;
    let (path, pid) = (plant.path().display().to_string(), plant.server.pid().to_string());
    let all = files();
    let mut import = counterpart();
    let done = import.args(["import", "--data", &path]).args(&all).output();
    let done = done.expect("the program runs");
    assert!(done.status.success() && error_of(&done).contains(&plant.server.url), "{done:?}");
    assert_ne!(plant.server.position().await, "0");
    let listen = plant.server.url.trim_start_matches("http://").to_owned();
    let others: [(&[&str], &str); 3] = [
        (&["serve", "--data", &path, "--listen", "127.0.0.1:0"], &pid),
        (&["replay", "--verify", "--data", &path], &pid),
        (&["serve", "--data", "/proc/no/such", "--listen", &listen], "--listen chooses another"),
    ];
    for (arguments, words) in others {
        let done = run(arguments);
        assert_eq!(done.status.code(), Some(1), "{arguments:?}");
        assert!(error_of(&done).contains(words), "{arguments:?}: {}", error_of(&done));
    }
    let directory = plant.stop();
    // A note that a killed server left behind leads nowhere, and must not matter.
    let note = directory.path().join("server-url");
    assert!(!note.exists(), "a server that stops takes its note away");
    std::fs::write(note, "http://127.0.0.1:1\n").expect("it can be written");
    let mut import = counterpart();
    let done = import.args(["import", "--data", &path]).args(&all).output();
    assert!(done.expect("the program runs").status.success());
    assert_eq!(run(&["replay", "--verify", "--data", &path]).status.code(), Some(0));
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    if run_as_nobody(&["true"]).is_none() {
        eprintln!("SKIPPED: only root can become somebody who may not write");
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().display().to_string();
    let program = env!("CARGO_BIN_EXE_counterpart");
    if let Some(done) = run_as_nobody(&[program, "serve", "--data", &path]) {
        assert_ne!(done.status.code(), Some(0));
        assert!(error_of(&done).contains(&path) || !Path::new(program).is_file());
    }
}

/// Runs a program as a user without rights; `None` where that cannot be done.
fn run_as_nobody(arguments: &[&str]) -> Option<Output> {
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    let done = command.args(arguments).output().ok()?;
    let cannot = error_of(&done).contains("setpriv:");
    (!cannot).then_some(done)
}
