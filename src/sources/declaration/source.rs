//! A declaration that can be read by.

use std::sync::Arc;

use indexmap::IndexMap;

use super::declared::{Also, Authority, Declared, Direction, Format, Layer, Twins};
use super::preset::preset;
use super::words::{Key, Share, TextOrField};
use crate::domain::command::{Command, DeclareSource, DeclareSystem};
use crate::domain::fact::JsonMap;
use crate::domain::id::name;
use crate::domain::reconcile::asset::sheet::check_field;

/// How one source is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Declaration {
    /// Its name.
    pub name: String,
    /// The system that issues the ids.
    pub system: String,
    /// The format of its files.
    pub format: Format,
    /// What it says itself.
    pub own: Declared,
    /// What it says, with what its format says.
    pub declared: Declared,
    /// How rows are read, by the sheet that they stand on; without tables all under the empty name.
    pub tables: IndexMap<String, Table>,
}

/// How the rows of one table are read.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What is declared for them.
    pub declared: Declared,
    /// The fields with the id.
    pub key: Key,
    /// What the declaration itself says of them. What only their format says is left out where it does not fit.
    pub own: Declared,
    /// Further things that they tell of.
    pub also: Vec<Second>,
}

/// A further thing that rows tell of.
#[derive(Debug, Clone, PartialEq)]
pub struct Second {
    /// The name of its section.
    pub name: String,
    /// How it is read.
    pub table: Table,
    /// What is put behind the scope of the row's own thing, where it has no scope of its own.
    pub scope: Option<String>,
    /// How the row's own thing is related to it.
    pub relation: Option<Relation>,
}

/// How the thing of a row is related to a further one.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// The name of the relationship.
    pub name: Arc<str>,
    /// Which way it runs.
    pub direction: Direction,
    /// Whether it leads to the whole of which the row's thing is a part.
    pub is_parent: bool,
    /// Whether the declaration itself says so, and not only its format.
    pub is_own: bool,
}

impl Declaration {
    /// The declaration that a TOML text is, on top of what its format says.
    ///
    /// # Errors
    /// What is wrong, with its line where it has one.
    pub fn parse(toml: &str) -> Result<Self, String> {
        let own: Declared = toml::from_str(toml).map_err(|e| e.to_string())?;
        Self::new(own)
    }

    /// The declaration that was kept as JSON.
    ///
    /// # Errors
    /// What is wrong.
    pub fn from_json(json: &JsonMap) -> Result<Self, String> {
        let own = serde_json::from_value(serde_json::Value::Object(json.clone()));
        Self::new(own.map_err(|e| e.to_string())?)
    }

    /// What is kept of it: all that is needed to read by it again.
    pub fn to_json(&self) -> JsonMap {
        let mut kept = self.own.clone();
        if let Some(Authority::Detailed(trust)) = &mut kept.authority {
            for path in std::mem::take(&mut trust.authoritative) {
                trust.properties.insert(path, Share::WHOLE);
            }
        }
        // Whoever asks which declaration a record is read by looks at the kind.
        kept.kind = kept.kind.or_else(|| self.declared.kind.clone());
        match serde_json::to_value(&kept) {
            Ok(serde_json::Value::Object(json)) => json,
            Ok(_) | Err(_) => JsonMap::new(),
        }
    }

    fn new(own: Declared) -> Result<Self, String> {
        let format = own.format.ok_or("`format` is missing; write for example format = \"csv\"")?;
        let system = own.system.clone();
        let system = system.ok_or("`system` is missing: the system that issues the ids")?;
        name("the system", &system).map_err(|e| e.to_string())?;
        let source = own.name.clone().unwrap_or_else(|| system.clone());
        name("the source", &source).map_err(|e| e.to_string())?;
        let declared = own.clone().over(preset(format)?);
        let tables = tables(format, &own, &declared)?;
        Ok(Self { name: source, system, format, own, declared, tables })
    }

    /// What is to be kept of it: its system's name for people, where it has one, and itself.
    pub fn commands(&self) -> Vec<Command> {
        let mut commands = Vec::new();
        if let Some(title) = &self.declared.title {
            let (name, title) = (self.system.as_str().into(), title.as_str().into());
            commands.push(Command::DeclareSystem(DeclareSystem { name, title }));
        }
        let (name, declaration) = (self.name.as_str().into(), Arc::new(self.to_json()));
        commands.push(Command::DeclareSource(DeclareSource { name, declaration }));
        commands
    }

    /// Whether records make their twins themselves.
    pub fn twins(&self) -> Twins {
        self.declared.twins.unwrap_or_default()
    }

    /// Whether rows have further ids.
    pub fn has_ids(&self) -> bool {
        let mut tables = self.tables.values();
        let has = |table: &Table| !table.declared.ids.is_empty();
        tables.any(|table| has(table) || table.also.iter().any(|second| has(&second.table)))
    }

    /// Whether a file, by its name, is of this source: named by it, or `None` where it names none.
    pub fn names(&self, file: &str) -> Option<bool> {
        let base = base_name(file);
        let patterns = self.declared.files.as_ref()?;
        Some(patterns.iter().any(|pattern| pattern.fits(base)))
    }

    /// How rows of a table are read: of the one of that name, whatever its case.
    pub fn table(&self, name: &str) -> Option<(&str, &Table)> {
        if let Some(table) = self.tables.get("") {
            return Some(("", table));
        }
        let fits = |(own, _): &(&String, &Table)| own.eq_ignore_ascii_case(name.trim());
        self.tables.iter().find(fits).map(|(own, table)| (own.as_str(), table))
    }
}

/// A file's name without folders and without `.gz`.
pub fn base_name(file: &str) -> &str {
    let base = file.rsplit(['/', '\\']).next().unwrap_or(file);
    base.strip_suffix(".gz").unwrap_or(base)
}

fn tables(
    format: Format,
    own: &Declared,
    declared: &Declared,
) -> Result<IndexMap<String, Table>, String> {
    if matches!(format, Format::Adt | Format::Brick) {
        return match declared.also.first() {
            None => Ok(IndexMap::new()),
            Some((name, _)) => Err(format!(
                "`[also.{name}]` is not possible: files of this format say by themselves what there is"
            )),
        };
    }
    if declared.tables.is_empty() {
        let table = table(declared.clone(), own.clone())?;
        return Ok(IndexMap::from([(String::new(), table)]));
    }
    let whole = Declared { tables: IndexMap::new(), ..declared.clone() };
    let read = |(name, part): (&String, &Declared)| {
        let own = own.tables.get(name).cloned().unwrap_or_default();
        let table = table(part.clone().over(whole.clone()), own);
        Ok((name.clone(), table.map_err(|e| format!("in `[tables.{name}]`: {e}"))?))
    };
    declared.tables.iter().map(read).collect()
}

fn table(declared: Declared, own: Declared) -> Result<Table, String> {
    let also = declared.also.iter().map(|(name, also)| {
        let second = second(name, also, &declared, own.also.get(name));
        second.map_err(|e| format!("in `[also.{name}]`: {e}"))
    });
    let also = also.collect::<Result<Vec<_>, String>>()?;
    Ok(Table { also, ..plain(declared, own)? })
}

/// A table whose rows tell of one thing.
fn plain(declared: Declared, own: Declared) -> Result<Table, String> {
    let key = declared.key.clone();
    let key = key.ok_or("`key` is missing: the field with the id, or a list of several")?;
    for name in declared.identity.keys() {
        check_field(name).map_err(|e| format!("in `[identity]`: {e}"))?;
    }
    Ok(Table { declared, key, own, also: Vec::new() })
}

/// How a further thing of the rows is read.
fn second(
    name: &str,
    also: &Also,
    declared: &Declared,
    own: Option<&Also>,
) -> Result<Second, String> {
    crate::domain::id::name("the name of the section", name).map_err(|e| e.to_string())?;
    let mut read = declared.beside(also.clone());
    read.kind = read.kind.or_else(|| Some(TextOrField::Fixed(name.to_owned())));
    let scope = also.scope.is_none().then(|| name.to_owned());
    let ids = |of: &Declared| {
        let scope = of.scope.clone().unwrap_or_default();
        (scope, of.key.clone(), of.key_prefix.clone().unwrap_or_default())
    };
    if scope.is_none() && ids(&read) == ids(declared) {
        return Err("its ids would be those of the row's own thing; leave `scope` out".to_owned());
    }
    if also.relationship.is_none() && (also.direction.is_some() || also.parent.is_some()) {
        return Err("`direction` and `parent` say nothing without `relationship`".to_owned());
    }
    let relation = also.relationship.as_deref().map(|relationship| {
        let name = crate::domain::id::name("the relationship", relationship);
        Ok(Relation {
            name: name.map_err(|e| e.to_string())?,
            direction: also.direction.unwrap_or_default(),
            is_parent: also.parent.unwrap_or_default(),
            is_own: own.is_some_and(|own| own.relationship.is_some()),
        })
    });
    let table = plain(read, Declared::default().beside(own.cloned().unwrap_or_default()))?;
    let relation = relation.transpose().map_err(|e: String| e)?;
    Ok(Second { name: name.to_owned(), table, scope, relation })
}
