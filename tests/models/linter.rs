//! `counterpart models check` as a pipeline runs it, in a folder of its own.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

/// A folder with models.
pub struct Folder(tempfile::TempDir);

/// How a check ended.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Folder {
    /// An empty one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file and the folders above it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(name);
        let above = path.parent().expect("a file is in a folder");
        std::fs::create_dir_all(above).expect("the folder can be made");
        std::fs::write(path, content).expect("the file can be written");
        self
    }

    /// Runs a check in the folder.
    pub fn check(&self, arguments: &[&str]) -> Ended {
        self.run(&[&["models", "check"], arguments].concat())
    }

    /// Runs the program in the folder.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        let output = Command::new(env!("CARGO_BIN_EXE_counterpart"))
            .args(arguments)
            .env("COUNTERPART_LOG", "warn")
            .current_dir(self.path())
            .output()
            .expect("the program runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ended {
            code: output.status.code().expect("an exit code"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl Ended {
    /// Standard output as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}{}", self.out, self.err))
    }
}

/// An interface that extends others.
pub fn interface(id: &str, extends: &[&str]) -> String {
    let extends = Value::from(extends);
    format!(
        "{{\n  \"@context\": \"dtmi:dtdl:context;3\",\n  \"@id\": \"{id}\",\n  \
         \"@type\": \"Interface\",\n  \"extends\": {extends}\n}}\n"
    )
}

/// An interface with a property of no schema that there is.
pub const WRONG: &str = r#"{
  "@context": "dtmi:dtdl:context;3",
  "@id": "dtmi:com:example:Wrong;1",
  "@type": "Interface",
  "contents": [
    { "@type": "Property", "name": "level", "schema": "dubble" }
  ]
}
"#;

/// The same bytes, packed.
pub fn gzip(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes()).expect("memory");
    packer.finish().expect("memory")
}
