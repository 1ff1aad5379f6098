//! The units of the QuantitativeTypes extension, by family (QuantitativeTypes v1 to v3, and the
//! units that DTDL v2 has built in).

use super::quantity::Edition::{self, Q1, Q3, V2};

/// Units of one kind, such as all units of length.
pub(crate) struct UnitFamily {
    /// The name of the kind: `LengthUnit`.
    pub(crate) name: &'static str,
    /// The first edition that has it.
    pub(crate) since: Edition,
    /// Its units.
    pub(crate) units: &'static [Unit],
}

/// One unit, and how the language relates it to others.
pub(crate) struct Unit {
    /// The name: `kilogram`.
    pub(crate) name: &'static str,
    /// The first edition that has it.
    pub(crate) since: Edition,
    /// The symbol to show: `kg`.
    pub(crate) symbol: &'static str,
    /// The unit that this one is a multiple of, and the prefix (empty for none).
    pub(crate) scaled: Option<(&'static str, &'static str)>,
    /// The units above and below the line.
    pub(crate) ratio: Option<(&'static str, &'static str)>,
}

const fn family(name: &'static str, since: Edition, units: &'static [Unit]) -> UnitFamily {
    UnitFamily { name, since, units }
}

const fn unit(name: &'static str, since: Edition, symbol: &'static str) -> Unit {
    Unit { name, since, symbol, scaled: None, ratio: None }
}

impl Unit {
    const fn scaled(self, base: &'static str, prefix: &'static str) -> Unit {
        Unit { scaled: Some((base, prefix)), ..self }
    }

    const fn ratio(self, top: &'static str, bottom: &'static str) -> Unit {
        Unit { ratio: Some((top, bottom)), ..self }
    }
}

/// All families, by name.
#[rustfmt::skip]
pub(crate) static FAMILIES: &[UnitFamily] = &[
    family("AccelerationUnit", V2, &[
        unit("centimetrePerSecondSquared", V2, "cm/s²").scaled("metrePerSecondSquared", "centi").ratio("centimetrePerSecond", "second"),
        unit("gForce", V2, "g"),
        unit("metrePerSecondSquared", V2, "m/s²").scaled("metrePerSecondSquared", "").ratio("metrePerSecond", "second"),
        unit("kilometrePerSecondSquared", Q3, "km/s²").scaled("metrePerSecondSquared", "kilo").ratio("kilometrePerSecond", "second"),
        unit("millimetrePerSecondSquared", Q3, "mm/s²").scaled("metrePerSecondSquared", "milli").ratio("millimetrePerSecond", "second"),
    ]),
    family("AngleUnit", V2, &[
        unit("degreeOfArc", V2, "°"),
        unit("minuteOfArc", V2, "'"),
        unit("radian", V2, "rad"),
        unit("secondOfArc", V2, "\""),
        unit("turn", V2, "turn"),
    ]),
    family("AngularAccelerationUnit", V2, &[
        unit("radianPerSecondSquared", V2, "rad/s²").ratio("radianPerSecond", "second"),
    ]),
    family("AngularVelocityUnit", V2, &[
        unit("degreePerSecond", V2, "°/s").ratio("degreeOfArc", "second"),
        unit("radianPerSecond", V2, "rad/s").ratio("radian", "second"),
        unit("revolutionPerMinute", V2, "rpm").ratio("turn", "minute"),
        unit("revolutionPerSecond", V2, "rps").ratio("turn", "second"),
    ]),
    family("ApparentEnergyUnit", Q1, &[
        unit("gigavoltAmpereHour", Q1, "GVAh").scaled("voltAmpereHour", "giga"),
        unit("kilovoltAmpereHour", Q1, "kVAh").scaled("voltAmpereHour", "kilo"),
        unit("megavoltAmpereHour", Q1, "MVAh").scaled("voltAmpereHour", "mega"),
        unit("voltAmpereHour", Q1, "VAh").scaled("voltAmpereHour", ""),
        unit("millivoltAmpereHour", Q3, "mVAh").scaled("voltAmpereHour", "milli"),
    ]),
    family("ApparentPowerUnit", Q1, &[
        unit("gigavoltAmpere", Q1, "GVA").scaled("voltAmpere", "giga"),
        unit("kilovoltAmpere", Q1, "kVA").scaled("voltAmpere", "kilo"),
        unit("megavoltAmpere", Q1, "MVA").scaled("voltAmpere", "mega"),
        unit("millivoltAmpere", Q1, "mVA").scaled("voltAmpere", "milli"),
        unit("voltAmpere", Q1, "VA").scaled("voltAmpere", ""),
    ]),
    family("AreaUnit", V2, &[
        unit("acre", V2, "ac"),
        unit("hectare", V2, "ha"),
        unit("squareCentimetre", V2, "cm²"),
        unit("squareFoot", V2, "ft²"),
        unit("squareInch", V2, "in²"),
        unit("squareKilometre", V2, "km²"),
        unit("squareMetre", V2, "m²"),
        unit("squareMillimetre", V2, "mm²"),
    ]),
    family("CapacitanceUnit", V2, &[
        unit("farad", V2, "F").scaled("farad", ""),
        unit("microfarad", V2, "µF").scaled("farad", "micro"),
        unit("millifarad", V2, "mF").scaled("farad", "milli"),
        unit("nanofarad", V2, "nF").scaled("farad", "nano"),
        unit("picofarad", V2, "pF").scaled("farad", "pico"),
    ]),
    family("ChargeUnit", V2, &[
        unit("coulomb", V2, "C").scaled("coulomb", ""),
        unit("ampereHour", Q1, "Ah").scaled("ampereHour", ""),
        unit("milliampereHour", Q1, "mAh").scaled("ampereHour", "milli"),
    ]),
    family("CurrentUnit", V2, &[
        unit("ampere", V2, "A").scaled("ampere", ""),
        unit("microampere", V2, "µA").scaled("ampere", "micro"),
        unit("milliampere", V2, "mA").scaled("ampere", "milli"),
        unit("kiloampere", Q1, "kA").scaled("ampere", "kilo"),
        unit("nanoampere", Q3, "nA").scaled("ampere", "nano"),
        unit("picoampere", Q3, "pA").scaled("ampere", "pico"),
    ]),
    family("DataRateUnit", V2, &[
        unit("bitPerSecond", V2, "bps").scaled("bitPerSecond", "").ratio("bit", "second"),
        unit("bytePerSecond", V2, "Bps").scaled("bytePerSecond", "").ratio("byte", "second"),
        unit("exbibitPerSecond", V2, "Eibps").scaled("bitPerSecond", "exbi").ratio("exbibit", "second"),
        unit("exbibytePerSecond", V2, "EiBps").scaled("bytePerSecond", "exbi").ratio("exbibyte", "second"),
        unit("gibibitPerSecond", V2, "Gibps").scaled("bitPerSecond", "gibi").ratio("gibibit", "second"),
        unit("gibibytePerSecond", V2, "GiBps").scaled("bytePerSecond", "gibi").ratio("gibibyte", "second"),
        unit("kibibitPerSecond", V2, "Kibps").scaled("bitPerSecond", "kibi").ratio("kibibit", "second"),
        unit("kibibytePerSecond", V2, "KiBps").scaled("bytePerSecond", "kibi").ratio("kibibyte", "second"),
        unit("mebibitPerSecond", V2, "Mibps").scaled("bitPerSecond", "mebi").ratio("mebibit", "second"),
        unit("mebibytePerSecond", V2, "MiBps").scaled("bytePerSecond", "mebi").ratio("mebibyte", "second"),
        unit("tebibitPerSecond", V2, "Tibps").scaled("bitPerSecond", "tebi").ratio("tebibit", "second"),
        unit("tebibytePerSecond", V2, "TiBps").scaled("bytePerSecond", "tebi").ratio("tebibyte", "second"),
        unit("yobibitPerSecond", V2, "Yibps").scaled("bitPerSecond", "yobi").ratio("yobibit", "second"),
        unit("yobibytePerSecond", V2, "YiBps").scaled("bytePerSecond", "yobi").ratio("yobibyte", "second"),
        unit("zebibitPerSecond", V2, "Zibps").scaled("bitPerSecond", "zebi").ratio("zebibit", "second"),
        unit("zebibytePerSecond", V2, "ZiBps").scaled("bytePerSecond", "zebi").ratio("zebibyte", "second"),
    ]),
    family("DataSizeUnit", V2, &[
        unit("bit", V2, "bit").scaled("bit", ""),
        unit("byte", V2, "B").scaled("byte", ""),
        unit("exbibit", V2, "Eibit").scaled("bit", "exbi"),
        unit("exbibyte", V2, "EiB").scaled("byte", "exbi"),
        unit("gibibit", V2, "Gibit").scaled("bit", "gibi"),
        unit("gibibyte", V2, "GiB").scaled("byte", "gibi"),
        unit("kibibit", V2, "Kibit").scaled("bit", "kibi"),
        unit("kibibyte", V2, "KiB").scaled("byte", "kibi"),
        unit("mebibit", V2, "Mibit").scaled("bit", "mebi"),
        unit("mebibyte", V2, "MiB").scaled("byte", "mebi"),
        unit("tebibit", V2, "Tibit").scaled("bit", "tebi"),
        unit("tebibyte", V2, "TiB").scaled("byte", "tebi"),
        unit("yobibit", V2, "Yibit").scaled("bit", "yobi"),
        unit("yobibyte", V2, "YiB").scaled("byte", "yobi"),
        unit("zebibit", V2, "Zibit").scaled("bit", "zebi"),
        unit("zebibyte", V2, "ZiB").scaled("byte", "zebi"),
    ]),
    family("DensityUnit", V2, &[
        unit("gramPerCubicMetre", V2, "g/m³").scaled("gramPerCubicMetre", "").ratio("gram", "cubicMetre"),
        unit("kilogramPerCubicMetre", V2, "kg/m³").scaled("gramPerCubicMetre", "kilo").ratio("kilogram", "cubicMetre"),
        unit("microgramPerCubicMetre", Q1, "µg/m³").scaled("gramPerCubicMetre", "micro").ratio("microgram", "cubicMetre"),
        unit("milligramPerCubicMetre", Q1, "mg/m³").scaled("gramPerCubicMetre", "milli").ratio("milligram", "cubicMetre"),
    ]),
    family("DynamicViscosityUnit", Q3, &[
        unit("centipoise", Q3, "cP").scaled("poise", "centi"),
        unit("millipascalSecond", Q3, "mPa·s").scaled("pascalSecond", "milli"),
        unit("millipoise", Q3, "mP").scaled("poise", "milli"),
        unit("pascalSecond", Q3, "Pa·s").scaled("pascalSecond", ""),
        unit("poise", Q3, "P").scaled("poise", ""),
    ]),
    family("EnergyUnit", V2, &[
        unit("electronvolt", V2, "eV").scaled("electronvolt", ""),
        unit("gigajoule", V2, "GJ").scaled("joule", "giga"),
        unit("joule", V2, "J").scaled("joule", ""),
        unit("kilojoule", V2, "kJ").scaled("joule", "kilo"),
        unit("kilowattHour", V2, "kWh").scaled("wattHour", "kilo"),
        unit("megaelectronvolt", V2, "MeV").scaled("electronvolt", "mega"),
        unit("megajoule", V2, "MJ").scaled("joule", "mega"),
        unit("britishThermalUnit", Q1, "BTU").scaled("britishThermalUnit", ""),
        unit("gigawattHour", Q1, "GWh").scaled("wattHour", "giga"),
        unit("kiloBritishThermalUnit", Q1, "kBTU").scaled("britishThermalUnit", "kilo"),
        unit("megawattHour", Q1, "MWh").scaled("wattHour", "mega"),
        unit("milliwattHour", Q1, "mWh").scaled("wattHour", "milli"),
        unit("terawattHour", Q1, "TWh").scaled("wattHour", "tera"),
        unit("wattHour", Q1, "Wh").scaled("wattHour", ""),
    ]),
    family("ForceUnit", V2, &[
        unit("newton", V2, "N").scaled("newton", ""),
        unit("ounce", V2, "oz"),
        unit("pound", V2, "lb"),
        unit("ton", V2, "T"),
    ]),
    family("FrequencyUnit", V2, &[
        unit("gigahertz", V2, "GHz").scaled("hertz", "giga"),
        unit("hertz", V2, "Hz").scaled("hertz", ""),
        unit("kilohertz", V2, "kHz").scaled("hertz", "kilo"),
        unit("megahertz", V2, "MHz").scaled("hertz", "mega"),
        unit("millihertz", Q1, "mHz").scaled("hertz", "milli"),
    ]),
    family("GasLeakageRateUnit", Q3, &[
        unit("decapascalCubicMetrePerSecond", Q3, "daPa·m³/s").scaled("pascalCubicMetrePerSecond", "deca"),
        unit("hectopascalCubicMetrePerSecond", Q3, "hPa·m³/s").scaled("pascalCubicMetrePerSecond", "hecto"),
        unit("kilopascalCubicMetrePerSecond", Q3, "kPa·m³/s").scaled("pascalCubicMetrePerSecond", "kilo"),
        unit("pascalCubicMetrePerSecond", Q3, "Pa·m³/s").scaled("pascalCubicMetrePerSecond", ""),
    ]),
    family("IlluminanceUnit", V2, &[
        unit("footcandle", V2, "fc"),
        unit("lux", V2, "lx").scaled("lux", ""),
    ]),
    family("InductanceUnit", V2, &[
        unit("henry", V2, "H").scaled("henry", ""),
        unit("microhenry", V2, "µH").scaled("henry", "micro"),
        unit("millihenry", V2, "mH").scaled("henry", "milli"),
    ]),
    family("IonizingRadiationDoseUnit", Q1, &[
        unit("gray", Q1, "Gy").scaled("gray", ""),
        unit("microgray", Q1, "µGy").scaled("gray", "micro"),
        unit("microsievert", Q1, "µSv").scaled("sievert", "micro"),
        unit("milligray", Q1, "mGy").scaled("gray", "milli"),
        unit("millisievert", Q1, "mSv").scaled("sievert", "milli"),
        unit("sievert", Q1, "Sv").scaled("sievert", ""),
    ]),
    family("IrradianceUnit", Q1, &[
        unit("wattPerSquareMetre", Q1, "W/m²").scaled("wattPerSquareMetre", "").ratio("watt", "squareMetre"),
    ]),
    family("KinematicViscosityUnit", Q3, &[
        unit("centistokes", Q3, "cSt").scaled("stokes", "centi"),
        unit("squareMetrePerSecond", Q3, "m²/s").ratio("squareMetre", "second"),
        unit("stokes", Q3, "St").scaled("stokes", ""),
    ]),
    family("LengthUnit", V2, &[
        unit("astronomicalUnit", V2, "AU"),
        unit("centimetre", V2, "cm").scaled("metre", "centi"),
        unit("foot", V2, "ft"),
        unit("inch", V2, "in"),
        unit("kilometre", V2, "km").scaled("metre", "kilo"),
        unit("metre", V2, "m").scaled("metre", ""),
        unit("micrometre", V2, "µm").scaled("metre", "micro"),
        unit("mile", V2, "mi"),
        unit("millimetre", V2, "mm").scaled("metre", "milli"),
        unit("nanometre", V2, "nm").scaled("metre", "nano"),
        unit("nauticalMile", V2, "M"),
    ]),
    family("LuminanceUnit", V2, &[
        unit("candelaPerSquareMetre", V2, "cd/m²").scaled("candelaPerSquareMetre", "").ratio("candela", "squareMetre"),
    ]),
    family("LuminousFluxUnit", V2, &[
        unit("lumen", V2, "lm").scaled("lumen", ""),
    ]),
    family("LuminousIntensityUnit", V2, &[
        unit("candela", V2, "cd").scaled("candela", ""),
    ]),
    family("MagneticFluxUnit", V2, &[
        unit("maxwell", V2, "Mx"),
        unit("weber", V2, "Wb").scaled("weber", ""),
    ]),
    family("MagneticInductionUnit", V2, &[
        unit("tesla", V2, "T").scaled("tesla", ""),
        unit("gauss", Q1, "G").scaled("gauss", ""),
    ]),
    family("MassFlowRateUnit", V2, &[
        unit("gramPerHour", V2, "g/h").scaled("gramPerHour", "").ratio("gram", "hour"),
        unit("gramPerSecond", V2, "g/s").scaled("gramPerSecond", "").ratio("gram", "second"),
        unit("kilogramPerHour", V2, "kg/h").scaled("gramPerHour", "kilo").ratio("kilogram", "hour"),
        unit("kilogramPerSecond", V2, "kg/s").scaled("gramPerSecond", "kilo").ratio("kilogram", "second"),
        unit("massPoundPerHour", Q1, "lb/h").ratio("massPound", "hour"),
    ]),
    family("MassUnit", V2, &[
        unit("gram", V2, "g").scaled("gram", ""),
        unit("kilogram", V2, "kg").scaled("gram", "kilo"),
        unit("microgram", V2, "µg").scaled("gram", "micro"),
        unit("milligram", V2, "mg").scaled("gram", "milli"),
        unit("slug", V2, "slug"),
        unit("tonne", V2, "t"),
        unit("massPound", Q1, "lb"),
    ]),
    family("PowerUnit", V2, &[
        unit("gigawatt", V2, "GW").scaled("watt", "giga"),
        unit("horsepower", V2, "hp"),
        unit("kilowatt", V2, "kW").scaled("watt", "kilo"),
        unit("kilowattHourPerYear", V2, "kWh/yr").ratio("kilowattHour", "year"),
        unit("megawatt", V2, "MW").scaled("watt", "mega"),
        unit("microwatt", V2, "µW").scaled("watt", "micro"),
        unit("milliwatt", V2, "mW").scaled("watt", "milli"),
        unit("watt", V2, "W").scaled("watt", ""),
        unit("britishThermalUnitPerHour", Q1, "BTU/h").scaled("britishThermalUnit", "").ratio("britishThermalUnit", "hour"),
        unit("gigajoulePerHour", Q1, "GJ/h").scaled("joulePerHour", "giga").ratio("gigajoule", "hour"),
        unit("joulePerHour", Q1, "J/h").scaled("joule", "").ratio("joule", "hour"),
        unit("joulePerSecond", Q1, "J/s").scaled("joule", "").ratio("joule", "second"),
        unit("kiloBritishThermalUnitPerHour", Q1, "kBTU/h").scaled("britishThermalUnitPerHour", "kilo").ratio("kiloBritishThermalUnit", "hour"),
        unit("kilojoulePerHour", Q1, "kJ/h").scaled("joulePerHour", "kilo").ratio("kilojoule", "hour"),
        unit("kilojoulePerSecond", Q1, "kJ/s").scaled("joulePerSecond", "kilo").ratio("kilojoule", "second"),
        unit("megajoulePerHour", Q1, "MJ/h").scaled("joulePerHour", "mega").ratio("megajoule", "hour"),
        unit("tonOfRefrigeration", Q1, "TR"),
    ]),
    family("PressureUnit", V2, &[
        unit("bar", V2, "bar").scaled("bar", ""),
        unit("inchesOfMercury", V2, "inHg"),
        unit("inchesOfWater", V2, "inH2O"),
        unit("kilopascal", V2, "kPa").scaled("pascal", "kilo"),
        unit("millibar", V2, "mbar").scaled("bar", "milli"),
        unit("millimetresOfMercury", V2, "mmHg"),
        unit("pascal", V2, "Pa").scaled("pascal", ""),
        unit("poundPerSquareInch", V2, "psi").ratio("pound", "squareInch"),
        unit("decapascal", Q1, "daPa").scaled("pascal", "deca"),
        unit("hectopascal", Q1, "hPa").scaled("pascal", "hecto"),
    ]),
    family("RadioactivityUnit", Q1, &[
        unit("becquerel", Q1, "Bq").scaled("becquerel", ""),
        unit("gigabecquerel", Q1, "GBq").scaled("becquerel", "giga"),
        unit("kilobecquerel", Q1, "kBq").scaled("becquerel", "kilo"),
        unit("megabecquerel", Q1, "MBq").scaled("becquerel", "mega"),
    ]),
    family("ReactiveEnergyUnit", Q1, &[
        unit("gigavoltAmpereReactiveHour", Q1, "Gvarh").scaled("voltAmpereReactiveHour", "giga"),
        unit("kilovoltAmpereReactiveHour", Q1, "kvarh").scaled("voltAmpereReactiveHour", "kilo"),
        unit("megavoltAmpereReactiveHour", Q1, "Mvarh").scaled("voltAmpereReactiveHour", "mega"),
        unit("voltAmpereReactiveHour", Q1, "varh").scaled("voltAmpereReactiveHour", ""),
    ]),
    family("ReactivePowerUnit", Q1, &[
        unit("gigavoltAmpereReactive", Q1, "Gvar").scaled("voltAmpereReactive", "giga"),
        unit("kilovoltAmpereReactive", Q1, "kvar").scaled("voltAmpereReactive", "kilo"),
        unit("megavoltAmpereReactive", Q1, "Mvar").scaled("voltAmpereReactive", "mega"),
        unit("millivoltAmpereReactive", Q1, "mvar").scaled("voltAmpereReactive", "milli"),
        unit("voltAmpereReactive", Q1, "var").scaled("voltAmpereReactive", ""),
    ]),
    family("ReciprocalLengthUnit", Q3, &[
        unit("reciprocalCentimetre", Q3, "cm⁻¹").ratio("unity", "centimetre"),
        unit("reciprocalKilometre", Q3, "km⁻¹").ratio("unity", "kilometre"),
        unit("reciprocalMetre", Q3, "m⁻¹").ratio("unity", "metre"),
        unit("reciprocalMicrometre", Q3, "µm⁻¹").ratio("unity", "micrometre"),
        unit("reciprocalMillimetre", Q3, "mm⁻¹").ratio("unity", "millimetre"),
        unit("reciprocalNanometre", Q3, "nm⁻¹").ratio("unity", "nanometre"),
    ]),
    family("ReciprocalTimeUnit", Q3, &[
        unit("reciprocalMinute", Q3, "min⁻¹").ratio("unity", "minute"),
        unit("reciprocalSecond", Q3, "s⁻¹").ratio("unity", "second"),
    ]),
    family("ResistanceUnit", V2, &[
        unit("kiloohm", V2, "kΩ").scaled("ohm", "kilo"),
        unit("megaohm", V2, "MΩ").scaled("ohm", "mega"),
        unit("milliohm", V2, "mΩ").scaled("ohm", "milli"),
        unit("ohm", V2, "Ω").scaled("ohm", ""),
    ]),
    family("SoundPressureUnit", V2, &[
        unit("bel", V2, "B").scaled("bel", ""),
        unit("decibel", V2, "dB").scaled("bel", "deci"),
    ]),
    family("TemperatureUnit", V2, &[
        unit("degreeCelsius", V2, "°C"),
        unit("degreeFahrenheit", V2, "°F"),
        unit("kelvin", V2, "K"),
    ]),
    family("TimeUnit", V2, &[
        unit("day", V2, "d"),
        unit("hour", V2, "h"),
        unit("microsecond", V2, "µs").scaled("second", "micro"),
        unit("millisecond", V2, "ms").scaled("second", "milli"),
        unit("minute", V2, "m"),
        unit("nanosecond", V2, "ns").scaled("second", "nano"),
        unit("second", V2, "s").scaled("second", ""),
        unit("year", V2, "yr"),
    ]),
    family("TorqueUnit", V2, &[
        unit("newtonMetre", V2, "N·m").scaled("newtonMetre", ""),
    ]),
    family("Unitless", V2, &[
        unit("percent", V2, "%"),
        unit("unity", V2, ""),
        unit("partsPerBillion", Q1, "ppb"),
        unit("partsPerMillion", Q1, "ppm"),
        unit("partsPerQuadrillion", Q1, "ppq"),
        unit("partsPerTrillion", Q1, "ppt"),
    ]),
    family("VelocityUnit", V2, &[
        unit("centimetrePerSecond", V2, "cm/s").scaled("metrePerSecond", "centi").ratio("centimetre", "second"),
        unit("kilometrePerHour", V2, "km/h").scaled("metrePerHour", "kilo").ratio("kilometre", "hour"),
        unit("kilometrePerSecond", V2, "km/s").scaled("metrePerSecond", "kilo").ratio("kilometre", "second"),
        unit("knot", V2, "kn"),
        unit("metrePerHour", V2, "m/h").scaled("metrePerHour", "").ratio("metre", "hour"),
        unit("metrePerSecond", V2, "m/s").scaled("metrePerSecond", "").ratio("metre", "second"),
        unit("milePerHour", V2, "mph").ratio("mile", "hour"),
        unit("milePerSecond", V2, "mi/s").ratio("mile", "second"),
        unit("millimetrePerSecond", Q3, "mm/s").scaled("metrePerSecond", "milli").ratio("millimetre", "second"),
    ]),
    family("VoltageUnit", V2, &[
        unit("kilovolt", V2, "kV").scaled("volt", "kilo"),
        unit("megavolt", V2, "MV").scaled("volt", "mega"),
        unit("microvolt", V2, "µV").scaled("volt", "micro"),
        unit("millivolt", V2, "mV").scaled("volt", "milli"),
        unit("volt", V2, "V").scaled("volt", ""),
    ]),
    family("VolumeFlowRateUnit", V2, &[
        unit("litrePerHour", V2, "l/h").scaled("litrePerHour", "").ratio("litre", "hour"),
        unit("litrePerSecond", V2, "l/s").scaled("litrePerSecond", "").ratio("litre", "second"),
        unit("millilitrePerHour", V2, "ml/h").scaled("litrePerHour", "milli").ratio("millilitre", "hour"),
        unit("millilitrePerSecond", V2, "ml/s").scaled("litrePerSecond", "milli").ratio("millilitre", "second"),
        unit("cubicFootPerMinute", Q1, "ft³/min").ratio("cubicFoot", "minute"),
        unit("cubicMetrePerHour", Q1, "m³/h").ratio("cubicMetre", "hour"),
        unit("cubicMetrePerMinute", Q1, "m³/min").ratio("cubicMetre", "minute"),
        unit("cubicMetrePerSecond", Q1, "m³/s").ratio("cubicMetre", "second"),
        unit("gallonPerHour", Q1, "gal/h").ratio("gallon", "hour"),
        unit("gallonPerMinute", Q1, "gal/min").ratio("gallon", "minute"),
        unit("litrePerMinute", Q1, "l/min").scaled("litrePerMinute", "").ratio("litre", "minute"),
        unit("millilitrePerMinute", Q1, "ml/min").scaled("litrePerMinute", "milli").ratio("millilitre", "minute"),
        unit("cubicCentimetrePerMinute", Q3, "m³/min").ratio("cubicCentimetre", "minute"),
        unit("cubicCentimetrePerSecond", Q3, "m³/s").ratio("cubicCentimetre", "second"),
    ]),
    family("VolumeUnit", V2, &[
        unit("cubicCentimetre", V2, "cm³"),
        unit("cubicFoot", V2, "ft³"),
        unit("cubicInch", V2, "in³"),
        unit("cubicMetre", V2, "m³"),
        unit("fluidOunce", V2, "fl oz"),
        unit("gallon", V2, "gal"),
        unit("litre", V2, "l").scaled("litre", ""),
        unit("millilitre", V2, "ml").scaled("litre", "milli"),
    ]),
];
