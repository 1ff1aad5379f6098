//! Where a device models repository keeps a model: `dtmi:com:example:Thermostat;1` is
//! `dtmi/com/example/thermostat-1.json`.

use super::dtmi::Dtmi;

/// The path of the file that defines this identifier: lower case, parts divided by `/`.
///
/// An identifier without version has a path without one; a fragment belongs to the file of
/// what it is a part of.
pub fn repository_path(id: &Dtmi) -> String {
    let text = id.as_str();
    let whole = text.split_once('#').map_or(text, |(whole, _)| whole);
    let mut path: String = whole
        .chars()
        .map(|c| match c {
            ':' => '/',
            ';' => '-',
            other => other.to_ascii_lowercase(),
        })
        .collect();
    path.push_str(".json");
    path
}

/// The identifier whose file has this path, as far as the path tells: its letters may be of
/// another case. None when no identifier has this path.
pub fn identifier_at(path: &str) -> Option<Dtmi> {
    let stem = path.strip_suffix(".json")?;
    // Only one of `:` and `/`, and of `;` and `-`, may stand in a path.
    if stem.contains([':', ';', '#']) {
        return None;
    }
    stem.replace('/', ":").replace('-', ";").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path_of(id: &str) -> String {
        repository_path(&id.parse().expect("a DTMI"))
    }

    fn id_at(path: &str) -> Option<String> {
        identifier_at(path).map(String::from)
    }

    #[test]
    fn a_model_lies_at_its_identifier_in_lower_case() {
        let path = path_of("dtmi:com:example:Thermostat;1");
        assert_eq!(path, "dtmi/com/example/thermostat-1.json");
        let path = path_of("dtmi:azure:DeviceManagement:DeviceInformation_2;12");
        assert_eq!(path, "dtmi/azure/devicemanagement/deviceinformation_2-12.json");
    }

    #[test]
    fn a_version_may_have_a_minor_part_or_be_absent() {
        assert_eq!(path_of("dtmi:a:B;1.2"), "dtmi/a/b-1.2.json");
        assert_eq!(path_of("dtmi:a:B"), "dtmi/a/b.json");
    }

    #[test]
    fn a_part_of_a_model_lies_in_the_file_of_the_model() {
        assert_eq!(path_of("dtmi:a:B;1#part"), "dtmi/a/b-1.json");
        assert_eq!(path_of("dtmi:a:B#part"), "dtmi/a/b.json");
    }

    #[test]
    fn a_path_leads_back_to_its_identifier_but_for_the_case() {
        for id in ["dtmi:com:Example:T_1;1", "dtmi:a;3.14", "dtmi:a:b:c"] {
            let back = id_at(&path_of(id)).expect("the path is one of a model");
            assert!(back.eq_ignore_ascii_case(id), "{id} came back as {back}");
        }
        assert_eq!(id_at("dtmi/a/B-1.json").as_deref(), Some("dtmi:a:B;1"));
    }

    #[test]
    fn what_is_no_path_of_a_model_leads_nowhere() {
        for path in [
            "",
            ".json",
            "dtmi.json",
            "dtmi/.json",
            "dtmi/a-1",
            "dtmi/a-0.json",
            "dtmi/a-1-2.json",
            "dtmi/a-1/b.json",
            "dtmi/a//b-1.json",
            "dtmi/../a-1.json",
            "dtmi/a:b-1.json",
            "dtmi/a;1.json",
            "dtmi/a-1#b.json",
            "dtmi/a-1.expanded.json",
            "dtdl/a-1.json",
            "dtmi/é-1.json",
        ] {
            assert_eq!(id_at(path), None, "{path}");
        }
    }
}
