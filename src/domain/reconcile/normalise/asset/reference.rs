//! Ids of records in other systems, as cross-references quote them.

/// What is left of a native id when people retype it: letters and digits, upper case, the digits without leading zeros,
/// letters before them dropped. `EQ-000275550`, `eq000275550`, `000275550` and `275550` agree.
pub fn canonical(raw: &str) -> Option<String> {
    let bare: String =
        raw.trim().chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    let digits = bare.trim_start_matches(|c: char| !c.is_ascii_digit()).trim_start_matches('0');
    if digits.is_empty() { (!bare.is_empty()).then_some(bare) } else { Some(digits.to_owned()) }
}

/// Whether a text is a UUID, and then its 128 bits.
pub fn uuid(raw: &str) -> Option<u128> {
    let raw = raw.trim().trim_start_matches('{').trim_end_matches('}');
    let raw = raw.strip_prefix("urn:uuid:").unwrap_or(raw);
    let parsed = uuid::Uuid::try_parse(raw).ok()?;
    (!parsed.is_nil() && !parsed.is_max()).then(|| parsed.as_u128())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retyped_ids_agree() {
        for raw in ["EQ-000275550", "eq000275550", "000275550", "275550", " EQ 275550 "] {
            assert_eq!(canonical(raw).as_deref(), Some("275550"), "{raw}");
        }
        assert_eq!(canonical("--"), None);
    }

    #[test]
    fn uuids_are_recognised_in_their_notations() {
        let bits = uuid("af32817a-d850-48a0-a8ab-5cffd5275997");
        assert!(bits.is_some());
        assert_eq!(uuid("{AF32817A-D850-48A0-A8AB-5CFFD5275997}"), bits);
        assert_eq!(uuid("00000000-0000-0000-0000-000000000000"), None);
        assert_eq!(uuid("pump"), None);
    }
}
