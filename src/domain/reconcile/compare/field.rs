//! The comparison that settings declare by tests on one or two fields.

use rayon::prelude::*;

use super::super::normalise::soundex;
use super::super::settings::{CompareSettings, Test};
use super::super::table::{NONE, Table};
use super::strings::{Strings, alike};
use super::words::Words;
use super::{Compare, NULL, calendar, number};

/// No value is rarer: rows are numbered in 32 bits.
const RAREST: f64 = 1.0 / u32::MAX as f64;

/// Tests in the order of the levels, on the first field (`exact` and `swapped`: on all).
pub struct FieldComparison {
    fields: Vec<usize>,
    tests: Vec<Test>,
    term_levels: Vec<bool>,
    needs: Needs,
    words: Words,
    dates: Vec<Option<calendar::Written>>,
    numbers: Vec<f64>,
    /// The chance that two random records with values have the same: sum of squared frequencies.
    collision: f64,
}

/// What has to be worked out for each distinct value.
#[derive(Clone, Copy)]
struct Needs {
    words: bool,
    dates: bool,
    numbers: bool,
}

impl FieldComparison {
    /// The comparison of these settings; `fields` are the places of its fields in the table.
    pub fn new(settings: &CompareSettings, fields: &[usize]) -> Self {
        let tests: Vec<Test> = settings.levels.iter().map(|level| level.test).collect();
        let any = |wanted: fn(&Test) -> bool| tests.iter().any(wanted);
        let needs = Needs {
            words: any(|t| {
                matches!(
                    t,
                    Test::Jaccard(_)
                        | Test::Containment(_)
                        | Test::Overlap(_)
                        | Test::WeightedJaccard(_)
                        | Test::SameWords
                )
            }),
            dates: any(|t| matches!(t, Test::Days(_) | Test::DatePart)),
            numbers: any(|t| matches!(t, Test::Number(_) | Test::NumberRatio(_))),
        };
        Self {
            fields: fields.to_vec(),
            term_levels: settings
                .levels
                .iter()
                .map(|l| l.term_frequency || l.test == Test::Exact)
                .collect(),
            tests,
            needs,
            words: Words::default(),
            dates: Vec::new(),
            numbers: Vec::new(),
            collision: 1.0,
        }
    }

    fn holds(&self, test: Test, pair: &Pair<'_>, strings: &mut Strings<'_>) -> bool {
        let (va, vb) = pair.values;
        match test {
            Test::Exact => self.fields.iter().all(|&f| pair.value(f).0 == pair.value(f).1),
            Test::Swapped => self.swapped(pair, |a, b| a == b),
            Test::SwappedAlike(least) => {
                self.may_be_swapped(pair, least) && self.swapped(pair, |a, b| alike(a, b, least))
            }
            Test::JaroWinkler(least) => strings.jaro_winkler(least),
            Test::Levenshtein(most) => strings.levenshtein(most),
            Test::Damerau(most) => strings.damerau(most),
            Test::Relative(share) => strings.relative(share),
            Test::Prefix(least) => strings.prefix(least),
            Test::Initial => strings.initial(),
            Test::PathPrefix(least) => strings.path_depth() >= least,
            Test::Soundex => {
                let (a, b) = strings.texts();
                let (a, b) = (soundex(a), soundex(b));
                !a.is_empty() && a == b
            }
            Test::Jaccard(least) => {
                let (common, a, b) = self.words.overlap(va, vb);
                common as f64 >= least * (a + b - common) as f64 && common > 0
            }
            Test::Containment(least) => {
                let (common, a, b) = self.words.overlap(va, vb);
                common as f64 >= least * a.min(b) as f64 && common > 0
            }
            Test::Overlap(least) => self.words.overlap(va, vb).0 >= least,
            Test::SameWords => {
                let (common, a, b) = self.words.overlap(va, vb);
                common == a && common == b && common > 0
            }
            Test::WeightedJaccard(least) => self.words.weighted_jaccard(va, vb) >= least,
            Test::Number(most) => number::within(self.number(va), self.number(vb), most),
            Test::NumberRatio(share) => {
                number::within_ratio(self.number(va), self.number(vb), share)
            }
            Test::Days(days) => self.dates(va, vb, |a, b| calendar::within(a, b, days)),
            Test::DatePart => self.dates(va, vb, calendar::one_part_differs),
        }
    }

    /// Whether the frequency of the value counts at this level.
    fn is_term(&self, level: u8) -> bool {
        let term = level.checked_sub(1).and_then(|level| self.term_levels.get(usize::from(level)));
        term == Some(&true)
    }

    /// Whether a test may hold by what the cells tell. The texts are not fetched.
    fn may_hold(&self, test: Test, pair: &Pair<'_>, strings: &mut Strings<'_>) -> bool {
        match test {
            Test::Swapped => self.may_be_swapped(pair, 1.0),
            Test::SwappedAlike(least) => self.may_be_swapped(pair, least),
            Test::JaroWinkler(least) => strings.may_jaro_winkler(least),
            Test::Levenshtein(most) | Test::Damerau(most) => strings.may_edits(most),
            Test::Relative(share) => strings.may_edits(strings.edits_of(share)),
            Test::Prefix(least) => strings.may_prefix(least),
            Test::Initial => strings.may_prefix(1) && strings.is_initial(),
            Test::PathPrefix(_) | Test::Soundex => true,
            _ => self.holds(test, pair, strings),
        }
    }

    /// Whether the sketches alone do not rule a swap out, so that most texts are never fetched.
    fn may_be_swapped(&self, pair: &Pair<'_>, least: f64) -> bool {
        let [first, second] = self.fields[..] else { return false };
        let sketch = |row, field| &pair.table.cell(row, field).profile;
        let most = |x, y| sketch(pair.rows.0, x).jaro_winkler_max(sketch(pair.rows.1, y));
        most(first, second) >= least && most(second, first) >= least
    }

    fn swapped(&self, pair: &Pair<'_>, same: impl Fn(&str, &str) -> bool) -> bool {
        let [first, second] = self.fields[..] else { return false };
        let ((a1, b1), (a2, b2)) = (pair.texts_of(first), pair.texts_of(second));
        a1 != a2 && same(a1, b2) && same(a2, b1)
    }

    /// The level of the first test that passes.
    #[inline]
    fn first(
        &self,
        table: &Table,
        (a, b): (u32, u32),
        mut passes: impl FnMut(Test, &Pair<'_>, &mut Strings<'_>) -> bool,
    ) -> u8 {
        let field = self.fields[0];
        let (of_a, of_b) = (table.cell(a, field), table.cell(b, field));
        let values = (of_a.value, of_b.value);
        if values.0 == NONE || values.1 == NONE {
            return NULL;
        }
        if self.fields.len() == 1 {
            if values.0 == values.1 && self.tests[0] == Test::Exact {
                return 1;
            }
        } else if self
            .fields
            .iter()
            .any(|&f| table.value(a, f) == NONE || table.value(b, f) == NONE)
        {
            return NULL;
        }
        let pair = Pair { table, rows: (a, b), values };
        let mut strings = Strings::new(table.values(field), (of_a, of_b));
        let place = self.tests.iter().position(|&test| passes(test, &pair, &mut strings));
        place.unwrap_or(self.tests.len()) as u8 + 1
    }

    fn number(&self, value: u32) -> f64 {
        self.numbers.get(value as usize).copied().unwrap_or(f64::NAN)
    }

    fn dates(
        &self,
        a: u32,
        b: u32,
        test: impl Fn(calendar::Written, calendar::Written) -> bool,
    ) -> bool {
        let date = |value: u32| self.dates.get(value as usize).copied().flatten();
        matches!((date(a), date(b)), (Some(a), Some(b)) if test(a, b))
    }
}

/// Two rows, and their values of the first field.
struct Pair<'a> {
    table: &'a Table,
    rows: (u32, u32),
    values: (u32, u32),
}

impl<'a> Pair<'a> {
    fn value(&self, field: usize) -> (u32, u32) {
        (self.table.value(self.rows.0, field), self.table.value(self.rows.1, field))
    }

    fn texts_of(&self, field: usize) -> (&'a str, &'a str) {
        (self.table.text(self.rows.0, field), self.table.text(self.rows.1, field))
    }
}

impl Compare for FieldComparison {
    fn prepare(&mut self, table: &Table) {
        self.extend(table);
        let field = self.fields[0];
        if self.needs.words {
            self.words.weigh(table, field);
        }
        let all = f64::from(table.present(field).max(1));
        let squares: f64 = (1..table.values(field).id_bound())
            .map(|value| (f64::from(table.count(field, value as u32)) / all).powi(2))
            .sum();
        self.collision = squares.max(1.0 / (all * all));
    }

    fn extend(&mut self, table: &Table) {
        let field = self.fields[0];
        let values = table.values(field);
        let text = |id: usize| values.text(id as u32);
        if self.needs.dates {
            fill(&mut self.dates, values.id_bound(), |id| calendar::parse(text(id)));
        }
        if self.needs.numbers {
            fill(&mut self.numbers, values.id_bound(), |id| number::parse(text(id)));
        }
        if self.needs.words {
            self.words.extend(table, field);
        }
    }

    fn level(&self, table: &Table, a: u32, b: u32) -> u8 {
        self.first(table, (a, b), |test, pair, strings| self.holds(test, pair, strings))
    }

    fn exact_field(&self) -> Option<usize> {
        let is_exact = self.fields.len() == 1 && self.tests.first() == Some(&Test::Exact);
        is_exact.then(|| self.fields[0])
    }

    fn level_at_best(&self, table: &Table, a: u32, b: u32) -> u8 {
        self.first(table, (a, b), |test, pair, strings| self.may_hold(test, pair, strings))
    }

    fn rarity(&self, table: &Table, a: u32, b: u32, level: u8, frequency_min: f64) -> f64 {
        if !self.is_term(level) {
            return 0.0;
        }
        let field = self.fields[0];
        let frequency = |row| table.frequency(field, table.value(row, field));
        (self.collision / frequency(a).max(frequency(b)).max(frequency_min)).log2()
    }

    fn rarity_max(&self, level: u8, frequency_min: f64) -> f64 {
        if !self.is_term(level) {
            return 0.0;
        }
        (self.collision / frequency_min.max(RAREST)).log2().max(0.0)
    }

    fn shown(&self, table: &Table, row: u32) -> String {
        let texts: Vec<&str> = self.fields.iter().map(|&field| table.text(row, field)).collect();
        texts.join(" | ")
    }
}

/// Works out what is missing for value numbers below `bound`.
fn fill<T: Send>(known: &mut Vec<T>, bound: usize, make: impl Fn(usize) -> T + Sync + Send) {
    let new: Vec<T> = (known.len()..bound).into_par_iter().with_min_len(1024).map(make).collect();
    known.extend(new);
}
