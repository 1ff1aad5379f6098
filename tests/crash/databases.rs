//! Fresh databases for the program to be killed on.

use crate::support::shared::service;

/// An empty directory for the embedded store.
pub struct Directory(tempfile::TempDir);

impl Directory {
    /// A new one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    /// The arguments that make the program use it.
    pub fn arguments(&self) -> Vec<String> {
        vec!["--data".to_owned(), self.0.path().display().to_string()]
    }
}

/// A fresh PostgreSQL database; `None` when there is no server.
pub async fn postgres(name: &str) -> Option<Vec<String>> {
    let server = service("COUNTERPART_TEST_POSTGRES")?;
    let name = format!("crash_{name}_{}", std::process::id());
    let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(&server)
        .await
        .expect("the server answers");
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::query(create).execute(&mut connection).await.expect("a database can be made");
    let (base, _) = server.rsplit_once('/').expect("the URL names a database");
    Some(vec!["--database".to_owned(), format!("{base}/{name}")])
}
