//! Conversion of values from one unit to another.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::metamodel::{FAMILIES, QUANTITIES};
use super::table::{CONVERSIONS, OTHER_CODES};

/// A unit of measurement, as DTDL names it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct UnitInfo {
    /// The name in DTDL: `degreeCelsius`.
    pub name: &'static str,
    /// The family: `TemperatureUnit`. Units of one family convert into each other.
    pub family: &'static str,
    /// The symbol to show: `°C`.
    pub symbol: &'static str,
    /// The code in UCUM, case sensitive: `Cel`.
    pub ucum: &'static str,
    factor: f64,
    offset: f64,
}

/// Why a value cannot be converted.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum UnitError {
    /// There is no such unit.
    #[error(
        "'{0}' is not a unit of DTDL or a UCUM code of one; use a name such as 'degreeCelsius' or a code such as 'Cel'"
    )]
    Unknown(String),
    /// The units measure different things.
    #[error(
        "'{from}' ({from_family}) does not convert to '{to}' ({to_family}); use a unit of {from_family}"
    )]
    Incompatible {
        /// The unit that the value has.
        from: &'static str,
        /// Its family.
        from_family: &'static str,
        /// The unit that was asked for.
        to: &'static str,
        /// Its family.
        to_family: &'static str,
    },
}

/// All units by name, and names by UCUM code.
struct Units {
    by_name: HashMap<&'static str, UnitInfo>,
    by_code: HashMap<&'static str, &'static str>,
}

static UNITS: LazyLock<Units> = LazyLock::new(|| {
    let conversions: HashMap<_, _> = CONVERSIONS.iter().map(|row| (row.name, row)).collect();
    let mut units = Units { by_name: HashMap::new(), by_code: HashMap::new() };
    for (family, row) in
        FAMILIES.iter().flat_map(|family| family.units.iter().map(move |row| (family.name, row)))
    {
        let Some(conversion) = conversions.get(row.name) else {
            continue;
        };
        let info = UnitInfo {
            name: row.name,
            family,
            symbol: row.symbol,
            ucum: conversion.ucum,
            factor: conversion.factor,
            offset: conversion.offset,
        };
        units.by_name.insert(row.name, info);
        units.by_code.entry(conversion.ucum).or_insert(row.name);
    }
    for (code, name) in OTHER_CODES {
        units.by_code.entry(code).or_insert(name);
    }
    units
});

/// The unit of this name in DTDL.
pub fn unit(name: &str) -> Option<&'static UnitInfo> {
    UNITS.by_name.get(name)
}

/// The unit of this code in UCUM. Upper and lower case differ, as in UCUM.
pub fn unit_of_ucum(code: &str) -> Option<&'static UnitInfo> {
    UNITS.by_code.get(code).and_then(|name| unit(name))
}

/// The units in which a semantic type, such as `Temperature`, may be measured.
pub fn units_of(semantic_type: &str) -> impl Iterator<Item = &'static UnitInfo> {
    let family = QUANTITIES
        .iter()
        .find(|quantity| quantity.name == semantic_type)
        .map(|quantity| quantity.family);
    let families = FAMILIES.iter().filter(move |row| Some(row.name) == family);
    families.flat_map(|row| row.units).filter_map(|row| unit(row.name))
}

/// The unit of this name in DTDL, this DTMI of one, or this code in UCUM.
pub fn find(text: &str) -> Result<&'static UnitInfo, UnitError> {
    let text = text.trim();
    let in_dtmi = || text.strip_prefix("dtmi:")?.split(';').next()?.rsplit(':').next();
    unit(text)
        .or_else(|| unit_of_ucum(text))
        .or_else(|| unit(in_dtmi()?))
        .ok_or_else(|| UnitError::Unknown(text.to_owned()))
}

impl UnitInfo {
    /// The factor and the offset that turn a value in this unit into one in `to`: `value × factor + offset`.
    ///
    /// # Errors
    /// When the two measure different things.
    pub fn linear_to(&self, to: &UnitInfo) -> Result<(f64, f64), UnitError> {
        if self.family != to.family {
            return Err(UnitError::Incompatible {
                from: self.name,
                from_family: self.family,
                to: to.name,
                to_family: to.family,
            });
        }
        if self.name == to.name {
            return Ok((1.0, 0.0));
        }
        Ok((self.factor / to.factor, (self.offset - to.offset) / to.factor))
    }

    /// Converts a value that is in this unit.
    ///
    /// # Errors
    /// When the two measure different things.
    pub fn convert(&self, value: f64, to: &UnitInfo) -> Result<f64, UnitError> {
        let (factor, offset) = self.linear_to(to)?;
        Ok(value * factor + offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(value: f64, from: &str, to: &str) -> Result<f64, UnitError> {
        find(from)?.convert(value, find(to)?)
    }

    #[test]
    fn every_other_code_means_a_unit_and_hides_no_first_code() {
        for (code, name) in OTHER_CODES {
            assert_eq!(find(code).map(|unit| unit.name), Ok(*name), "{code}");
        }
    }

    fn close(actual: f64, expected: f64) -> bool {
        (actual - expected).abs() <= 1e-12 * expected.abs().max(1.0)
    }

    #[test]
    fn every_unit_of_the_language_has_a_conversion_and_a_code_of_its_own() {
        let named: Vec<_> = FAMILIES.iter().flat_map(|family| family.units).collect();
        assert_eq!(named.len(), CONVERSIONS.len());
        for row in named {
            let info = unit(row.name).unwrap_or_else(|| panic!("{} has no conversion", row.name));
            assert!(info.factor > 0.0 && info.factor.is_finite());
            assert_eq!(
                unit_of_ucum(info.ucum).map(|found| found.name),
                Some(row.name),
                "{}",
                info.ucum
            );
        }
    }

    #[test]
    fn values_come_back_through_every_unit_of_their_type() {
        for quantity in QUANTITIES {
            let units: Vec<_> = units_of(quantity.name).collect();
            assert!(!units.is_empty(), "{}", quantity.name);
            for (from, to) in units.iter().flat_map(|from| units.iter().map(move |to| (from, to))) {
                for value in [0.0, 1.0, -40.0, 81.4, 1e6] {
                    let there = from.convert(value, to).expect("they are of one family");
                    let back = to.convert(there, from).expect("they are of one family");
                    let scale = value.abs().max((from.offset / from.factor).abs()).max(1.0);
                    assert!(
                        (back - value).abs() <= 1e-9 * scale,
                        "{value} {} via {}: {back}",
                        from.name,
                        to.name
                    );
                }
            }
        }
    }

    #[test]
    fn known_points_are_met() {
        let points = [
            (0.0, "degreeCelsius", "kelvin", 273.15),
            (100.0, "degreeCelsius", "degreeFahrenheit", 212.0),
            (-40.0, "degreeFahrenheit", "degreeCelsius", -40.0),
            (1.0, "bar", "kilopascal", 100.0),
            (1.0, "poundPerSquareInch", "pascal", 6_894.757_293_168_361),
            (1.0, "mile", "kilometre", 1.609_344),
            (1.0, "kilowattHour", "megajoule", 3.6),
            (1.0, "gallon", "litre", 3.785_411_784),
            (60.0, "revolutionPerMinute", "revolutionPerSecond", 1.0),
            (1.0, "gibibyte", "mebibyte", 1_024.0),
            (1.0, "horsepower", "watt", 745.699_871_582_270_2),
            (1.0, "tonOfRefrigeration", "kilowatt", 3.516_852_842_066_666_7),
            (180.0, "degreeOfArc", "radian", std::f64::consts::PI),
            (12.5, "percent", "unity", 0.125),
            (1.0, "slug", "kilogram", 14.593_902_937_206_364),
        ];
        for (value, from, to, expected) in points {
            let actual = convert(value, from, to).expect("the units convert");
            assert!(close(actual, expected), "{value} {from} is {actual} {to}, not {expected}");
        }
    }

    #[test]
    fn codes_are_understood_and_differences_are_told() {
        assert!(close(convert(25.0, "Cel", "[degF]").expect("both are temperatures"), 77.0));
        assert_eq!(convert(1.0, "furlong", "metre"), Err(UnitError::Unknown("furlong".to_owned())));
        assert!(matches!(convert(1.0, "metre", "second"), Err(UnitError::Incompatible { .. })));
    }
}
