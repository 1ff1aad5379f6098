//! Settings that cannot be used say why.

use counterpart::domain::reconcile::{Plan, Registry, Settings};

use crate::matching::people;

fn refused(settings: &str) -> String {
    match toml::from_str::<Settings>(settings) {
        Err(error) => error.to_string(),
        Ok(settings) => match Plan::new(settings, &Registry::generic()) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("these settings are not refused"),
        },
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let good = people::SETTINGS;
    for (from, to, expected) in [
        ("field = \"last\" }, { field", "field = \"lst\" }, { field", "the field `lst`"),
        ("[\"date\"]", "[\"datum\"]", "the normaliser `datum`"),
        ("\"soundex\"", "{ custom = \"kph\" }", "the key `kph`"),
        ("\nblock", "\ncluster = { custom = \"mine\" }\nblock", "the clustering `mine`"),
        ("name = \"town\", normalise", "name = \"first\", normalise", "declared twice"),
        ("\nblock", "\nthresholds = { link = 0.4, review = 0.6 }\nblock", "keep ≤ review ≤ link"),
        ("fields = [\"town\"]", "fields = []", "at least one field"),
        ("fields = [\"town\"]", "fields = [\"town\"], custom = \"x\"", "the comparison `x`"),
        ("\nblock", "\nsurprise = 1\nblock", "unknown field `surprise`"),
    ] {
        assert!(good.contains(from), "{from}");
        let message = refused(&good.replacen(from, to, 1));
        assert!(message.contains(expected), "{to}: {message}");
    }
}

#[test]
fn settings_come_back_from_toml_as_they_were() {
    let settings: Settings = toml::from_str(people::SETTINGS).unwrap();
    let text = toml::to_string(&settings).unwrap();
    assert_eq!(toml::from_str::<Settings>(&text).unwrap(), settings);
}
