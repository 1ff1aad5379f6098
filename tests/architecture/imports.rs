//! Imports run one way: along the journey of a reading, never back.

use std::collections::BTreeSet;

use crate::sources;

/// The stages in order; a stage imports only from stages before it.
const STAGES: &[&str] = &[
    "dtdl", "domain", "clock", "store", "engine", "feed", "problem", "ingest", "sources",
    "curation", "graphql", "http", "config", "observe", "app", "cli",
];

/// What pure stages must not name.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::process",
    "std::time::SystemTime",
    "std::time::Instant",
    "tokio",
    "sqlx",
    "axum",
    "async_graphql",
    "rumqttc",
    "hyper",
    "tracing",
    "metrics",
];

/// Stages without I/O, clock or waiting.
const PURE: &[&str] = &["dtdl", "domain"];

fn rank(stage: &str) -> Option<usize> {
    STAGES.iter().position(|s| *s == stage)
}

/// The stages that a line names as `crate::stage`.
fn named(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}

#[test]
fn imports_run_one_way() {
    let mut wrong = Vec::new();
    for file in sources::all().iter().filter(|f| !["lib", "main"].contains(&f.stage())) {
        let Some(own) = rank(file.stage()) else {
            wrong.push(format!("{}: `{}` is no known stage", file.path, file.stage()));
            continue;
        };
        for (number, line) in
            file.product_lines().filter(|(_, l)| !l.trim_start().starts_with("//"))
        {
            for other in named(line) {
                if rank(other).is_some_and(|other| other > own) {
                    wrong.push(format!("{}:{number}: {} imports {other}", file.path, file.stage()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports that run back:\n{}", wrong.join("\n"));
}

#[test]
fn the_domain_and_dtdl_are_pure() {
    let mut wrong = Vec::new();
    for file in sources::all().iter().filter(|f| PURE.contains(&f.stage())) {
        for (number, line) in
            file.product_lines().filter(|(_, l)| !l.trim_start().starts_with("//"))
        {
            let words: BTreeSet<&str> = IMPURE
                .iter()
                .filter(|name| {
                    line.contains(&format!("{name}::")) || line.contains(&format!("use {name}"))
                })
                .copied()
                .collect();
            if !words.is_empty() || line.contains("async fn") {
                wrong.push(format!("{}:{number}: {}", file.path, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "not pure:\n{}", wrong.join("\n"));
}

#[test]
fn module_files_only_declare() {
    let mut wrong = Vec::new();
    for file in sources::all().iter().filter(|f| f.path.ends_with("/mod.rs")) {
        for (number, line) in file.product_lines() {
            if line.starts_with("impl")
                || line.starts_with("struct ")
                || line.starts_with("pub struct ")
            {
                wrong.push(format!("{}:{number}: {line}", file.path));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "mod.rs files declare and re-export, nothing more:\n{}",
        wrong.join("\n")
    );
}
