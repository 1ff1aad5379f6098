//! People who are made up, with typing errors, moves and missing values.

/// The columns of a record.
pub const COLUMNS: [&str; 9] =
    ["given", "surname", "number", "street", "suburb", "postcode", "state", "born", "ssn"];

/// A record: its id and its values.
pub type Person = (String, [String; 9]);

/// A generator of numbers, always the same (xorshift64*).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A word; small numbers come much more often than great ones, as with names.
    fn name(&mut self, words: usize) -> String {
        let most = 1 + self.below(words);
        let number = self.below(most);
        word(number)
    }
}

fn word(mut number: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "ren", "tor", "mi", "vex", "lu", "sa", "dor", "hel", "qui", "nor", "bri", "zan",
        "fel", "tra", "gun", "wil", "per", "ty", "mar",
    ];
    let mut text = String::new();
    for _ in 0..3 {
        text.push_str(SYLLABLES[number % 20]);
        number /= 20;
    }
    text
}

fn person(random: &mut Random) -> [String; 9] {
    let born = (1920 + random.below(85), 1 + random.below(12), 1 + random.below(28));
    [
        random.name(4_000),
        random.name(8_000),
        (1 + random.below(300)).to_string(),
        random.name(8_000),
        random.name(6_000),
        format!("{:04}", 800 + random.below(7_200)),
        word(random.below(8)),
        format!("{}{:02}{:02}", born.0, born.1, born.2),
        format!("{:07}", 1_000_000 + random.below(9_000_000)),
    ]
}

/// One to four mistakes: typing errors, missing values, another address.
fn copy(random: &mut Random, original: &[String; 9]) -> [String; 9] {
    let mut values = original.clone();
    for _ in 0..1 + random.below(4) {
        let field = random.below(9);
        if random.chance(15) {
            values[field].clear();
        } else if random.chance(8) {
            let moved = person(random);
            values[2..6].clone_from_slice(&moved[2..6]);
        } else if !values[field].is_empty() {
            let mut letters: Vec<char> = values[field].chars().collect();
            let place = random.below(letters.len());
            match random.below(3) {
                0 => letters.insert(place, '7'),
                1 => drop(letters.remove(place)),
                _ => letters[place] = '3',
            }
            values[field] = letters.into_iter().collect();
        }
    }
    values
}

/// So many records; the id tells the person before the dash.
pub fn people(records: usize) -> Vec<Person> {
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut all = Vec::with_capacity(records + 4);
    let mut number = 0;
    while all.len() < records {
        let original = person(&mut random);
        let copies = [0, 0, 0, 0, 0, 0, 1, 1, 2, 3][random.below(10)];
        for place in 0..copies {
            let values = copy(&mut random, &original);
            all.push((format!("{number}-{place}"), values));
        }
        all.push((format!("{number}-o"), original));
        number += 1;
    }
    all.truncate(records);
    all
}
