//! Whether two texts of one identity field say the same, as matching reads them.

use super::{day, mac, name, network, reference, serial, tag};

/// Whether two texts of the identity field of that name differ only in how they are written: `Siemens AG` and `SIEMENS` are
/// one manufacturer, `S/N 44710-07` and `4471007` one serial. A text that says nothing by itself, as `N/A` for a serial, is like
/// no other. Fields without a notation of their own are not folded, and neither is what only looks alike, such as O and 0:
/// one of the two is wrong.
pub fn alike(field: &str, a: &str, b: &str) -> bool {
    match field {
        "manufacturer" => same(name::manufacturer, a, b),
        "model" => same(name::model, a, b),
        "serial" => same(serial::canonical, a, b),
        "mac" => same(mac::parse, a, b),
        "uuid" => same(reference::uuid, a, b),
        "tag" => same(|text| tag::parse(text).map(|tag| tag.text()), a, b),
        "hostname" => same(network::host, a, b),
        "ip" => same(network::ipv4, a, b),
        "install_date" | "first_seen" | "last_seen" | "updated" => same(day::parse, a, b),
        _ => false,
    }
}

fn same<T: PartialEq>(read: impl Fn(&str) -> Option<T>, a: &str, b: &str) -> bool {
    read(a).is_some_and(|a| read(b) == Some(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_alike_as_their_field_is_read() {
        for (field, a, b, is_alike) in [
            ("manufacturer", "Siemens AG", "SIEMENS", true),
            ("manufacturer", "Siemens", "Siemens Energy", false),
            ("model", "fc-302 p11k", "FC302P11K", true),
            ("model", "CR 10-4", "CR 10-5", false),
            ("serial", "S/N 44710-07", "4471007", true),
            ("serial", "44710-O7", "4471007", false),
            ("serial", "N/A", "unknown", false),
            ("mac", "00:1b:44:11:3A:b7", "001B.4411.3AB7", true),
            ("tag", "P-101A", "P-101B", false),
            ("install_date", "2024-01-31", "31.01.2024", true),
            ("description", "Pump", "PUMP.", false),
        ] {
            assert_eq!(alike(field, a, b), is_alike, "{field}: {a} and {b}");
        }
    }
}
