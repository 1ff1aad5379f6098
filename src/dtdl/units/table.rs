//! How each unit converts: its code in UCUM, and its size in the base unit of its family.
//!
//! Sizes are by definition exact where the unit is defined by another (the foot, the pound, the
//! thermochemical constants of the IT table), and otherwise the conventional values. Where DTDL
//! leaves open which unit a name means, it is the US customary one; a year is 365.25 days, as
//! in UCUM; doses in gray and sievert convert one to one, as for photons.

use std::f64::consts::PI;

/// How one unit converts.
pub(super) struct Conversion {
    /// The name in DTDL.
    pub(super) name: &'static str,
    /// The code in UCUM, case sensitive. Codes that UCUM does not list are expressions of it.
    pub(super) ucum: &'static str,
    /// The size in the base unit of the family.
    pub(super) factor: f64,
    /// Where its zero lies, in the base unit of the family.
    pub(super) offset: f64,
}

const fn conversion(name: &'static str, ucum: &'static str, factor: f64) -> Conversion {
    Conversion { name, ucum, factor, offset: 0.0 }
}

/// Two to the power of the exponent.
const fn binary(exponent: u32) -> f64 {
    (1_u128 << exponent) as f64
}

/// In metres.
const INCH: f64 = 0.0254;
/// In metres.
const FOOT: f64 = 0.3048;
/// In metres.
const MILE: f64 = 1_609.344;
/// In cubic metres.
const CUBIC_FOOT: f64 = FOOT * FOOT * FOOT;
/// The US gallon, in cubic metres.
const GALLON: f64 = 3.785_411_784e-3;
/// In grams.
const POUND: f64 = 453.592_37;
/// In newtons.
const POUND_FORCE: f64 = 0.453_592_37 * 9.806_65;
/// The British thermal unit of the International Table, in joules.
const BTU: f64 = 1_055.055_852_62;
/// In joules.
const ELECTRONVOLT: f64 = 1.602_176_634e-19;
/// In pascals.
const MILLIMETRE_OF_MERCURY: f64 = 133.322_387_415;
/// In seconds.
const HOUR: f64 = 3_600.0;
/// In seconds.
const YEAR: f64 = 31_557_600.0;

/// All units, by family.
#[rustfmt::skip]
pub(super) static CONVERSIONS: &[Conversion] = &[
    // AccelerationUnit
    conversion("centimetrePerSecondSquared", "cm/s2", 0.01),
    conversion("gForce", "[g]", 9.80665),
    conversion("metrePerSecondSquared", "m/s2", 1.0),
    conversion("kilometrePerSecondSquared", "km/s2", 1e3),
    conversion("millimetrePerSecondSquared", "mm/s2", 1e-3),
    // AngleUnit
    conversion("degreeOfArc", "deg", PI / 180.0),
    conversion("minuteOfArc", "'", PI / 10_800.0),
    conversion("radian", "rad", 1.0),
    conversion("secondOfArc", "''", PI / 648_000.0),
    conversion("turn", "circ", 2.0 * PI),
    // AngularAccelerationUnit
    conversion("radianPerSecondSquared", "rad/s2", 1.0),
    // AngularVelocityUnit
    conversion("degreePerSecond", "deg/s", PI / 180.0),
    conversion("radianPerSecond", "rad/s", 1.0),
    conversion("revolutionPerMinute", "circ/min", PI / 30.0),
    conversion("revolutionPerSecond", "circ/s", 2.0 * PI),
    // ApparentEnergyUnit
    conversion("gigavoltAmpereHour", "GV.A.h", 1e9),
    conversion("kilovoltAmpereHour", "kV.A.h", 1e3),
    conversion("megavoltAmpereHour", "MV.A.h", 1e6),
    conversion("voltAmpereHour", "V.A.h", 1.0),
    conversion("millivoltAmpereHour", "mV.A.h", 1e-3),
    // ApparentPowerUnit
    conversion("gigavoltAmpere", "GV.A", 1e9),
    conversion("kilovoltAmpere", "kV.A", 1e3),
    conversion("megavoltAmpere", "MV.A", 1e6),
    conversion("millivoltAmpere", "mV.A", 1e-3),
    conversion("voltAmpere", "V.A", 1.0),
    // AreaUnit
    conversion("acre", "[acr_us]", 4_046.856_422_4),
    conversion("hectare", "har", 1e4),
    conversion("squareCentimetre", "cm2", 1e-4),
    conversion("squareFoot", "[sft_i]", FOOT * FOOT),
    conversion("squareInch", "[sin_i]", INCH * INCH),
    conversion("squareKilometre", "km2", 1e6),
    conversion("squareMetre", "m2", 1.0),
    conversion("squareMillimetre", "mm2", 1e-6),
    // CapacitanceUnit
    conversion("farad", "F", 1.0),
    conversion("microfarad", "uF", 1e-6),
    conversion("millifarad", "mF", 1e-3),
    conversion("nanofarad", "nF", 1e-9),
    conversion("picofarad", "pF", 1e-12),
    // ChargeUnit
    conversion("coulomb", "C", 1.0),
    conversion("ampereHour", "A.h", 3_600.0),
    conversion("milliampereHour", "mA.h", 3.6),
    // CurrentUnit
    conversion("ampere", "A", 1.0),
    conversion("microampere", "uA", 1e-6),
    conversion("milliampere", "mA", 1e-3),
    conversion("kiloampere", "kA", 1e3),
    conversion("nanoampere", "nA", 1e-9),
    conversion("picoampere", "pA", 1e-12),
    // DataRateUnit
    conversion("bitPerSecond", "bit/s", 1.0),
    conversion("bytePerSecond", "By/s", 8.0),
    conversion("exbibitPerSecond", "Eibit/s", binary(60)),
    conversion("exbibytePerSecond", "EiBy/s", 8.0 * binary(60)),
    conversion("gibibitPerSecond", "Gibit/s", binary(30)),
    conversion("gibibytePerSecond", "GiBy/s", 8.0 * binary(30)),
    conversion("kibibitPerSecond", "Kibit/s", binary(10)),
    conversion("kibibytePerSecond", "KiBy/s", 8.0 * binary(10)),
    conversion("mebibitPerSecond", "Mibit/s", binary(20)),
    conversion("mebibytePerSecond", "MiBy/s", 8.0 * binary(20)),
    conversion("tebibitPerSecond", "Tibit/s", binary(40)),
    conversion("tebibytePerSecond", "TiBy/s", 8.0 * binary(40)),
    conversion("yobibitPerSecond", "Yibit/s", binary(80)),
    conversion("yobibytePerSecond", "YiBy/s", 8.0 * binary(80)),
    conversion("zebibitPerSecond", "Zibit/s", binary(70)),
    conversion("zebibytePerSecond", "ZiBy/s", 8.0 * binary(70)),
    // DataSizeUnit
    conversion("bit", "bit", 1.0),
    conversion("byte", "By", 8.0),
    conversion("exbibit", "Eibit", binary(60)),
    conversion("exbibyte", "EiBy", 8.0 * binary(60)),
    conversion("gibibit", "Gibit", binary(30)),
    conversion("gibibyte", "GiBy", 8.0 * binary(30)),
    conversion("kibibit", "Kibit", binary(10)),
    conversion("kibibyte", "KiBy", 8.0 * binary(10)),
    conversion("mebibit", "Mibit", binary(20)),
    conversion("mebibyte", "MiBy", 8.0 * binary(20)),
    conversion("tebibit", "Tibit", binary(40)),
    conversion("tebibyte", "TiBy", 8.0 * binary(40)),
    conversion("yobibit", "Yibit", binary(80)),
    conversion("yobibyte", "YiBy", 8.0 * binary(80)),
    conversion("zebibit", "Zibit", binary(70)),
    conversion("zebibyte", "ZiBy", 8.0 * binary(70)),
    // DensityUnit
    conversion("gramPerCubicMetre", "g/m3", 1.0),
    conversion("kilogramPerCubicMetre", "kg/m3", 1e3),
    conversion("microgramPerCubicMetre", "ug/m3", 1e-6),
    conversion("milligramPerCubicMetre", "mg/m3", 1e-3),
    // DynamicViscosityUnit
    conversion("centipoise", "cP", 1e-3),
    conversion("millipascalSecond", "mPa.s", 1e-3),
    conversion("millipoise", "mP", 1e-4),
    conversion("pascalSecond", "Pa.s", 1.0),
    conversion("poise", "P", 0.1),
    // EnergyUnit
    conversion("electronvolt", "eV", ELECTRONVOLT),
    conversion("gigajoule", "GJ", 1e9),
    conversion("joule", "J", 1.0),
    conversion("kilojoule", "kJ", 1e3),
    conversion("kilowattHour", "kW.h", 3.6e6),
    conversion("megaelectronvolt", "MeV", 1e6 * ELECTRONVOLT),
    conversion("megajoule", "MJ", 1e6),
    conversion("britishThermalUnit", "[Btu_IT]", BTU),
    conversion("gigawattHour", "GW.h", 3.6e12),
    conversion("kiloBritishThermalUnit", "k[Btu_IT]", 1e3 * BTU),
    conversion("megawattHour", "MW.h", 3.6e9),
    conversion("milliwattHour", "mW.h", 3.6),
    conversion("terawattHour", "TW.h", 3.6e15),
    conversion("wattHour", "W.h", 3_600.0),
    // ForceUnit
    conversion("newton", "N", 1.0),
    conversion("ounce", "[oz_av].[g]", POUND_FORCE / 16.0),
    conversion("pound", "[lbf_av]", POUND_FORCE),
    conversion("ton", "[ston_av].[g]", 2_000.0 * POUND_FORCE),
    // FrequencyUnit
    conversion("gigahertz", "GHz", 1e9),
    conversion("hertz", "Hz", 1.0),
    conversion("kilohertz", "kHz", 1e3),
    conversion("megahertz", "MHz", 1e6),
    conversion("millihertz", "mHz", 1e-3),
    // GasLeakageRateUnit
    conversion("decapascalCubicMetrePerSecond", "daPa.m3/s", 10.0),
    conversion("hectopascalCubicMetrePerSecond", "hPa.m3/s", 100.0),
    conversion("kilopascalCubicMetrePerSecond", "kPa.m3/s", 1e3),
    conversion("pascalCubicMetrePerSecond", "Pa.m3/s", 1.0),
    // IlluminanceUnit
    conversion("footcandle", "lm/[sft_i]", 1.0 / (FOOT * FOOT)),
    conversion("lux", "lx", 1.0),
    // InductanceUnit
    conversion("henry", "H", 1.0),
    conversion("microhenry", "uH", 1e-6),
    conversion("millihenry", "mH", 1e-3),
    // IonizingRadiationDoseUnit
    conversion("gray", "Gy", 1.0),
    conversion("microgray", "uGy", 1e-6),
    conversion("microsievert", "uSv", 1e-6),
    conversion("milligray", "mGy", 1e-3),
    conversion("millisievert", "mSv", 1e-3),
    conversion("sievert", "Sv", 1.0),
    // IrradianceUnit
    conversion("wattPerSquareMetre", "W/m2", 1.0),
    // KinematicViscosityUnit
    conversion("centistokes", "cSt", 1e-6),
    conversion("squareMetrePerSecond", "m2/s", 1.0),
    conversion("stokes", "St", 1e-4),
    // LengthUnit
    conversion("astronomicalUnit", "AU", 149_597_870_700.0),
    conversion("centimetre", "cm", 0.01),
    conversion("foot", "[ft_i]", FOOT),
    conversion("inch", "[in_i]", INCH),
    conversion("kilometre", "km", 1e3),
    conversion("metre", "m", 1.0),
    conversion("micrometre", "um", 1e-6),
    conversion("mile", "[mi_i]", MILE),
    conversion("millimetre", "mm", 1e-3),
    conversion("nanometre", "nm", 1e-9),
    conversion("nauticalMile", "[nmi_i]", 1_852.0),
    // LuminanceUnit
    conversion("candelaPerSquareMetre", "cd/m2", 1.0),
    // LuminousFluxUnit
    conversion("lumen", "lm", 1.0),
    // LuminousIntensityUnit
    conversion("candela", "cd", 1.0),
    // MagneticFluxUnit
    conversion("maxwell", "Mx", 1e-8),
    conversion("weber", "Wb", 1.0),
    // MagneticInductionUnit
    conversion("tesla", "T", 1.0),
    conversion("gauss", "G", 1e-4),
    // MassFlowRateUnit
    conversion("gramPerHour", "g/h", 1.0 / HOUR),
    conversion("gramPerSecond", "g/s", 1.0),
    conversion("kilogramPerHour", "kg/h", 1e3 / HOUR),
    conversion("kilogramPerSecond", "kg/s", 1e3),
    conversion("massPoundPerHour", "[lb_av]/h", POUND / HOUR),
    // MassUnit
    conversion("gram", "g", 1.0),
    conversion("kilogram", "kg", 1e3),
    conversion("microgram", "ug", 1e-6),
    conversion("milligram", "mg", 1e-3),
    conversion("slug", "[lbf_av].s2/[ft_i]", 1e3 * POUND_FORCE / FOOT),
    conversion("tonne", "t", 1e6),
    conversion("massPound", "[lb_av]", POUND),
    // PowerUnit
    conversion("gigawatt", "GW", 1e9),
    conversion("horsepower", "[HP]", 550.0 * FOOT * POUND_FORCE),
    conversion("kilowatt", "kW", 1e3),
    conversion("kilowattHourPerYear", "kW.h/a", 3.6e6 / YEAR),
    conversion("megawatt", "MW", 1e6),
    conversion("microwatt", "uW", 1e-6),
    conversion("milliwatt", "mW", 1e-3),
    conversion("watt", "W", 1.0),
    conversion("britishThermalUnitPerHour", "[Btu_IT]/h", BTU / HOUR),
    conversion("gigajoulePerHour", "GJ/h", 1e9 / HOUR),
    conversion("joulePerHour", "J/h", 1.0 / HOUR),
    conversion("joulePerSecond", "J/s", 1.0),
    conversion("kiloBritishThermalUnitPerHour", "k[Btu_IT]/h", 1e3 * BTU / HOUR),
    conversion("kilojoulePerHour", "kJ/h", 1e3 / HOUR),
    conversion("kilojoulePerSecond", "kJ/s", 1e3),
    conversion("megajoulePerHour", "MJ/h", 1e6 / HOUR),
    conversion("tonOfRefrigeration", "12000.[Btu_IT]/h", 12e3 * BTU / HOUR),
    // PressureUnit
    conversion("bar", "bar", 1e5),
    conversion("inchesOfMercury", "[in_i'Hg]", 25.4 * MILLIMETRE_OF_MERCURY),
    conversion("inchesOfWater", "[in_i'H2O]", 249.088_91),
    conversion("kilopascal", "kPa", 1e3),
    conversion("millibar", "mbar", 100.0),
    conversion("millimetresOfMercury", "mm[Hg]", MILLIMETRE_OF_MERCURY),
    conversion("pascal", "Pa", 1.0),
    conversion("poundPerSquareInch", "[psi]", POUND_FORCE / (INCH * INCH)),
    conversion("decapascal", "daPa", 10.0),
    conversion("hectopascal", "hPa", 100.0),
    // RadioactivityUnit
    conversion("becquerel", "Bq", 1.0),
    conversion("gigabecquerel", "GBq", 1e9),
    conversion("kilobecquerel", "kBq", 1e3),
    conversion("megabecquerel", "MBq", 1e6),
    // ReactiveEnergyUnit
    conversion("gigavoltAmpereReactiveHour", "GV.A{reactive}.h", 1e9),
    conversion("kilovoltAmpereReactiveHour", "kV.A{reactive}.h", 1e3),
    conversion("megavoltAmpereReactiveHour", "MV.A{reactive}.h", 1e6),
    conversion("voltAmpereReactiveHour", "V.A{reactive}.h", 1.0),
    // ReactivePowerUnit
    conversion("gigavoltAmpereReactive", "GV.A{reactive}", 1e9),
    conversion("kilovoltAmpereReactive", "kV.A{reactive}", 1e3),
    conversion("megavoltAmpereReactive", "MV.A{reactive}", 1e6),
    conversion("millivoltAmpereReactive", "mV.A{reactive}", 1e-3),
    conversion("voltAmpereReactive", "V.A{reactive}", 1.0),
    // ReciprocalLengthUnit
    conversion("reciprocalCentimetre", "/cm", 100.0),
    conversion("reciprocalKilometre", "/km", 1e-3),
    conversion("reciprocalMetre", "/m", 1.0),
    conversion("reciprocalMicrometre", "/um", 1e6),
    conversion("reciprocalMillimetre", "/mm", 1e3),
    conversion("reciprocalNanometre", "/nm", 1e9),
    // ReciprocalTimeUnit
    conversion("reciprocalMinute", "/min", 1.0 / 60.0),
    conversion("reciprocalSecond", "/s", 1.0),
    // ResistanceUnit
    conversion("kiloohm", "kOhm", 1e3),
    conversion("megaohm", "MOhm", 1e6),
    conversion("milliohm", "mOhm", 1e-3),
    conversion("ohm", "Ohm", 1.0),
    // SoundPressureUnit
    conversion("bel", "B", 1.0),
    conversion("decibel", "dB", 0.1),
    // TemperatureUnit
    Conversion { offset: 273.15, ..conversion("degreeCelsius", "Cel", 1.0) },
    Conversion { offset: 459.67 * 5.0 / 9.0, ..conversion("degreeFahrenheit", "[degF]", 5.0 / 9.0) },
    conversion("kelvin", "K", 1.0),
    // TimeUnit
    conversion("day", "d", 86_400.0),
    conversion("hour", "h", HOUR),
    conversion("microsecond", "us", 1e-6),
    conversion("millisecond", "ms", 1e-3),
    conversion("minute", "min", 60.0),
    conversion("nanosecond", "ns", 1e-9),
    conversion("second", "s", 1.0),
    conversion("year", "a", YEAR),
    // TorqueUnit
    conversion("newtonMetre", "N.m", 1.0),
    // Unitless
    conversion("percent", "%", 0.01),
    conversion("unity", "1", 1.0),
    conversion("partsPerBillion", "[ppb]", 1e-9),
    conversion("partsPerMillion", "[ppm]", 1e-6),
    conversion("partsPerQuadrillion", "10*-15", 1e-15),
    conversion("partsPerTrillion", "[pptr]", 1e-12),
    // VelocityUnit
    conversion("centimetrePerSecond", "cm/s", 0.01),
    conversion("kilometrePerHour", "km/h", 1e3 / HOUR),
    conversion("kilometrePerSecond", "km/s", 1e3),
    conversion("knot", "[kn_i]", 1_852.0 / HOUR),
    conversion("metrePerHour", "m/h", 1.0 / HOUR),
    conversion("metrePerSecond", "m/s", 1.0),
    conversion("milePerHour", "[mi_i]/h", MILE / HOUR),
    conversion("milePerSecond", "[mi_i]/s", MILE),
    conversion("millimetrePerSecond", "mm/s", 1e-3),
    // VoltageUnit
    conversion("kilovolt", "kV", 1e3),
    conversion("megavolt", "MV", 1e6),
    conversion("microvolt", "uV", 1e-6),
    conversion("millivolt", "mV", 1e-3),
    conversion("volt", "V", 1.0),
    // VolumeFlowRateUnit
    conversion("litrePerHour", "L/h", 1e-3 / HOUR),
    conversion("litrePerSecond", "L/s", 1e-3),
    conversion("millilitrePerHour", "mL/h", 1e-6 / HOUR),
    conversion("millilitrePerSecond", "mL/s", 1e-6),
    conversion("cubicFootPerMinute", "[cft_i]/min", CUBIC_FOOT / 60.0),
    conversion("cubicMetrePerHour", "m3/h", 1.0 / HOUR),
    conversion("cubicMetrePerMinute", "m3/min", 1.0 / 60.0),
    conversion("cubicMetrePerSecond", "m3/s", 1.0),
    conversion("gallonPerHour", "[gal_us]/h", GALLON / HOUR),
    conversion("gallonPerMinute", "[gal_us]/min", GALLON / 60.0),
    conversion("litrePerMinute", "L/min", 1e-3 / 60.0),
    conversion("millilitrePerMinute", "mL/min", 1e-6 / 60.0),
    conversion("cubicCentimetrePerMinute", "cm3/min", 1e-6 / 60.0),
    conversion("cubicCentimetrePerSecond", "cm3/s", 1e-6),
    // VolumeUnit
    conversion("cubicCentimetre", "cm3", 1e-6),
    conversion("cubicFoot", "[cft_i]", CUBIC_FOOT),
    conversion("cubicInch", "[cin_i]", INCH * INCH * INCH),
    conversion("cubicMetre", "m3", 1.0),
    conversion("fluidOunce", "[foz_us]", GALLON / 128.0),
    conversion("gallon", "[gal_us]", GALLON),
    conversion("litre", "L", 1e-3),
    conversion("millilitre", "mL", 1e-6),
];

/// Further codes of UCUM for the same units; its letter for the litre may be small or capital.
pub(super) const OTHER_CODES: &[(&str, &str)] = &[
    ("Mg", "tonne"),
    ("[ft_i]2", "squareFoot"),
    ("[in_i]2", "squareInch"),
    ("[in_i]3", "cubicInch"),
    ("[nmi_i]/h", "knot"),
    ("a_j", "year"),
    ("dm3", "litre"),
    ("hm2", "hectare"),
    ("l", "litre"),
    ("l/h", "litrePerHour"),
    ("l/min", "litrePerMinute"),
    ("l/s", "litrePerSecond"),
    ("ml", "millilitre"),
    ("ml/h", "millilitrePerHour"),
    ("ml/min", "millilitrePerMinute"),
    ("ml/s", "millilitrePerSecond"),
    ("{rev}", "turn"),
    ("{rev}/min", "revolutionPerMinute"),
    ("{rev}/s", "revolutionPerSecond"),
];
