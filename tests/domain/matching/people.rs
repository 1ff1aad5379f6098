//! Made-up people with typing errors, and settings to match them.

use counterpart::domain::reconcile::{Plan, RawRecord, Registry, Settings, Table};

/// The raw columns.
pub const COLUMNS: [&str; 5] = ["first", "last", "born", "town", "phone"];

/// Settings for them.
pub const SETTINGS: &str = r#"
field = [
  { name = "first", normalise = ["text"] },
  { name = "last", normalise = ["text"] },
  { name = "born", normalise = ["date"] },
  { name = "town", normalise = ["text"] },
  { name = "phone", normalise = ["digits"] },
]
block = [
  { keys = [{ field = "last" }, { field = "born", as = { slice = [0, 4] } }] },
  { keys = [{ field = "first", as = "soundex" }, { field = "town" }] },
  { keys = [{ field = "phone" }] },
]
compare = [
  { name = "first", fields = ["first"], term-frequency = 1.0, levels = [{ test = "exact" }, { test = { jaro-winkler = 0.85 } }] },
  { name = "last", fields = ["last"], term-frequency = 1.0, levels = [{ test = "exact" }, { test = { damerau = 1 } }] },
  { name = "born", fields = ["born"], levels = [{ test = "exact" }, { test = "date-part" }] },
  { name = "town", fields = ["town"], levels = [{ test = "exact" }] },
  { name = "phone", fields = ["phone"], levels = [{ test = "exact" }, { test = { damerau = 1 } }] },
]
"#;

/// A record: id, source, columns.
#[derive(Debug, Clone)]
pub struct Person {
    /// The entity, and which record of it.
    pub id: String,
    /// Its columns.
    pub values: Vec<String>,
}

impl Person {
    /// As the matcher takes it.
    pub fn raw(&self) -> RawRecord<'_> {
        RawRecord {
            id: &self.id,
            source: "a",
            values: self.values.iter().map(String::as_str).collect(),
        }
    }

    /// The entity that it is a record of.
    pub fn entity(id: &str) -> &str {
        id.split('-').next().unwrap_or_default()
    }
}

/// A small generator of numbers, always the same for a seed (xorshift64*).
pub struct Random(u64);

impl Random {
    /// A generator.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    /// True so often.
    pub fn chance(&mut self, probability: f64) -> bool {
        (self.below(1_000_000) as f64) < probability * 1e6
    }
}

const SYLLABLES: [&str; 12] =
    ["ba", "ren", "tor", "mi", "vex", "lu", "sa", "dor", "hel", "qui", "nor", "kov"];

fn word(number: usize) -> String {
    [number % 12, number / 12 % 12, number / 144 % 12].map(|n| SYLLABLES[n]).concat()
}

fn typing_error(random: &mut Random, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let place = random.below(letters.len());
    match random.below(3) {
        0 => letters.insert(place, 'x'),
        1 => drop(letters.remove(place)),
        _ => letters[place] = 'z',
    }
    letters.into_iter().collect()
}

/// So many entities, each with one to three records.
pub fn people(entities: usize, seed: u64) -> Vec<Person> {
    let mut random = Random::new(seed);
    let mut all = Vec::new();
    for entity in 0..entities {
        let born = (1930 + random.below(70), 1 + random.below(12), 1 + random.below(28));
        let values = vec![
            word(random.below(200)),
            word(random.below(1200)),
            format!("{}-{:02}-{:02}", born.0, born.1, born.2),
            word(random.below(90)),
            format!("{:08}", random.below(100_000_000)),
        ];
        for copy in 0..=random.below(3) {
            let mut values = values.clone();
            if copy > 0 {
                for value in &mut values {
                    if random.chance(0.12) {
                        *value = typing_error(&mut random, value);
                    } else if random.chance(0.08) {
                        value.clear();
                    }
                }
            }
            all.push(Person { id: format!("{entity}-{copy}"), values });
        }
    }
    all
}

/// The plan of these settings.
pub fn plan(settings: &str) -> Plan {
    let settings: Settings = toml::from_str(settings).expect("the settings can be read");
    Plan::new(settings, &Registry::generic()).expect("the settings can be used")
}

/// A table of these records.
pub fn table(plan: &Plan, records: &[Person]) -> Table {
    let raw: Vec<RawRecord<'_>> = records.iter().map(Person::raw).collect();
    plan.table_of(&COLUMNS, &raw)
}
