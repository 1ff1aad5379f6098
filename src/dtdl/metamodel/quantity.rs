//! Semantic types: what a number measures, and in units of which family.

/// The editions of the units and semantic types, in order: each has all that the one before has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Edition {
    /// Built into DTDL v2.
    V2,
    /// QuantitativeTypes v1 (DTDL v3) and v2 (DTDL v4).
    Q1,
    /// QuantitativeTypes v3 (DTDL v4).
    Q3,
}

use Edition::{Q1, Q3, V2};

/// A semantic type: `Temperature`, in units of the family `TemperatureUnit`.
pub(crate) struct Quantity {
    /// The name of the type.
    pub(crate) name: &'static str,
    /// The first edition that has it.
    pub(crate) since: Edition,
    /// The family of its units.
    pub(crate) family: &'static str,
}

const fn quantity(name: &'static str, since: Edition, family: &'static str) -> Quantity {
    Quantity { name, since, family }
}

/// All semantic types, by name.
pub(crate) static QUANTITIES: &[Quantity] = &[
    quantity("Acceleration", V2, "AccelerationUnit"),
    quantity("Angle", V2, "AngleUnit"),
    quantity("AngularAcceleration", V2, "AngularAccelerationUnit"),
    quantity("AngularVelocity", V2, "AngularVelocityUnit"),
    quantity("ApparentEnergy", Q1, "ApparentEnergyUnit"),
    quantity("ApparentPower", Q1, "ApparentPowerUnit"),
    quantity("Area", V2, "AreaUnit"),
    quantity("Capacitance", V2, "CapacitanceUnit"),
    quantity("Concentration", Q1, "Unitless"),
    quantity("Current", V2, "CurrentUnit"),
    quantity("DataRate", V2, "DataRateUnit"),
    quantity("DataSize", V2, "DataSizeUnit"),
    quantity("Density", V2, "DensityUnit"),
    quantity("Distance", V2, "LengthUnit"),
    quantity("DynamicViscosity", Q3, "DynamicViscosityUnit"),
    quantity("Efficiency", Q3, "Unitless"),
    quantity("ElectricCharge", V2, "ChargeUnit"),
    quantity("Energy", V2, "EnergyUnit"),
    quantity("EnergyRate", Q1, "PowerUnit"),
    quantity("Force", V2, "ForceUnit"),
    quantity("Frequency", V2, "FrequencyUnit"),
    quantity("GasLeakageRate", Q3, "GasLeakageRateUnit"),
    quantity("Humidity", V2, "DensityUnit"),
    quantity("Illuminance", V2, "IlluminanceUnit"),
    quantity("Inductance", V2, "InductanceUnit"),
    quantity("IonizingRadiationDose", Q1, "IonizingRadiationDoseUnit"),
    quantity("Irradiance", Q1, "IrradianceUnit"),
    quantity("KinematicViscosity", Q3, "KinematicViscosityUnit"),
    quantity("Latitude", V2, "AngleUnit"),
    quantity("Length", V2, "LengthUnit"),
    quantity("Longitude", V2, "AngleUnit"),
    quantity("Luminance", V2, "LuminanceUnit"),
    quantity("Luminosity", V2, "PowerUnit"),
    quantity("LuminousFlux", V2, "LuminousFluxUnit"),
    quantity("LuminousIntensity", V2, "LuminousIntensityUnit"),
    quantity("MagneticFlux", V2, "MagneticFluxUnit"),
    quantity("MagneticInduction", V2, "MagneticInductionUnit"),
    quantity("Mass", V2, "MassUnit"),
    quantity("MassFlowRate", V2, "MassFlowRateUnit"),
    quantity("Power", V2, "PowerUnit"),
    quantity("Pressure", V2, "PressureUnit"),
    quantity("Radioactivity", Q1, "RadioactivityUnit"),
    quantity("ReactiveEnergy", Q1, "ReactiveEnergyUnit"),
    quantity("ReactivePower", Q1, "ReactivePowerUnit"),
    quantity("ReciprocalLength", Q3, "ReciprocalLengthUnit"),
    quantity("ReciprocalTime", Q3, "ReciprocalTimeUnit"),
    quantity("RelativeDensity", Q1, "Unitless"),
    quantity("RelativeHumidity", V2, "Unitless"),
    quantity("RelativeMeasure", Q3, "Unitless"),
    quantity("Resistance", V2, "ResistanceUnit"),
    quantity("Scale", Q3, "Unitless"),
    quantity("SoundPressure", V2, "SoundPressureUnit"),
    quantity("Temperature", V2, "TemperatureUnit"),
    quantity("Throttle", Q3, "Unitless"),
    quantity("Thrust", V2, "ForceUnit"),
    quantity("TimeSpan", V2, "TimeUnit"),
    quantity("Torque", V2, "TorqueUnit"),
    quantity("Velocity", V2, "VelocityUnit"),
    quantity("Voltage", V2, "VoltageUnit"),
    quantity("Volume", V2, "VolumeUnit"),
    quantity("VolumeFlowRate", V2, "VolumeFlowRateUnit"),
];

/// A prefix of units.
pub(crate) struct UnitPrefix {
    /// The name: `kilo`.
    pub(crate) name: &'static str,
    /// Whether it is a power of two.
    pub(crate) binary: bool,
}

const fn decimal(name: &'static str) -> UnitPrefix {
    UnitPrefix { name, binary: false }
}

const fn binary(name: &'static str) -> UnitPrefix {
    UnitPrefix { name, binary: true }
}

/// The prefixes. DTDL v2 writes `deka` for `deca`.
#[rustfmt::skip]
pub(crate) static PREFIXES: &[UnitPrefix] = &[
    decimal("deca"), decimal("hecto"), decimal("kilo"), decimal("mega"),
    decimal("giga"), decimal("tera"), decimal("peta"), decimal("exa"),
    decimal("zetta"), decimal("yotta"), decimal("deci"), decimal("centi"),
    decimal("milli"), decimal("micro"), decimal("nano"), decimal("pico"),
    decimal("femto"), decimal("atto"), decimal("zepto"), decimal("yocto"),
    binary("kibi"), binary("mebi"), binary("gibi"), binary("tebi"),
    binary("pebi"), binary("exbi"), binary("zebi"), binary("yobi"),
];
