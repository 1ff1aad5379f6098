//! The sample plant, built into the program.

/// Our base ontology: file names and texts.
pub const BASE_MODELS: &[(&str, &str)] = &[
    ("Area.json", include_str!("../../../models/base/Area.json")),
    ("Asset.json", include_str!("../../../models/base/Asset.json")),
    ("Building.json", include_str!("../../../models/base/Building.json")),
    ("Controller.json", include_str!("../../../models/base/Controller.json")),
    ("Device.json", include_str!("../../../models/base/Device.json")),
    ("Enterprise.json", include_str!("../../../models/base/Enterprise.json")),
    ("Gateway.json", include_str!("../../../models/base/Gateway.json")),
    ("Line.json", include_str!("../../../models/base/Line.json")),
    ("Location.json", include_str!("../../../models/base/Location.json")),
    ("Meter.json", include_str!("../../../models/base/Meter.json")),
    ("Position.json", include_str!("../../../models/base/Position.json")),
    ("Sensor.json", include_str!("../../../models/base/Sensor.json")),
    ("Site.json", include_str!("../../../models/base/Site.json")),
    ("Station.json", include_str!("../../../models/base/Station.json")),
    ("Storage.json", include_str!("../../../models/base/Storage.json")),
    ("Thing.json", include_str!("../../../models/base/Thing.json")),
    ("Unit.json", include_str!("../../../models/base/Unit.json")),
];

/// The types of the sample plant.
pub const DEMO_MODELS: &[(&str, &str)] = &[
    ("Compressor.json", include_str!("../../../models/demo/Compressor.json")),
    ("Conveyor.json", include_str!("../../../models/demo/Conveyor.json")),
    ("Machine.json", include_str!("../../../models/demo/Machine.json")),
    ("Motor.json", include_str!("../../../models/demo/Motor.json")),
    ("Oven.json", include_str!("../../../models/demo/Oven.json")),
    ("Press.json", include_str!("../../../models/demo/Press.json")),
    ("ProductionHall.json", include_str!("../../../models/demo/ProductionHall.json")),
    ("ProductionLine.json", include_str!("../../../models/demo/ProductionLine.json")),
    ("Pump.json", include_str!("../../../models/demo/Pump.json")),
    ("Robot.json", include_str!("../../../models/demo/Robot.json")),
];

/// The sample plant's master data.
pub const PLANT: &[(&str, &str)] = &[
    ("1-systems.ndjson", include_str!("../../../models/demo/plant/1-systems.ndjson")),
    ("2-places.ndjson", include_str!("../../../models/demo/plant/2-places.ndjson")),
    ("3-positions.ndjson", include_str!("../../../models/demo/plant/3-positions.ndjson")),
    ("4-units.ndjson", include_str!("../../../models/demo/plant/4-units.ndjson")),
    ("5-devices.ndjson", include_str!("../../../models/demo/plant/5-devices.ndjson")),
    ("6-bindings.ndjson", include_str!("../../../models/demo/plant/6-bindings.ndjson")),
    ("7-crosswalks.ndjson", include_str!("../../../models/demo/plant/7-crosswalks.ndjson")),
    ("8-records.ndjson", include_str!("../../../models/demo/plant/8-records.ndjson")),
];

/// What the sample plant's devices measure.
pub const TELEMETRY: &str = include_str!("../../../models/demo/plant/telemetry.json");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_plant_is_built_in() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let lists = [("models/base", BASE_MODELS), ("models/demo", DEMO_MODELS)];
        for (folder, list) in lists.into_iter().chain([("models/demo/plant", PLANT)]) {
            let files = std::fs::read_dir(root.join(folder)).unwrap();
            let names = files.map(|f| f.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<String> =
                names.filter(|n| n.contains("json") && n != "telemetry.json").collect();
            names.sort();
            let ours: Vec<&str> = list.iter().map(|(name, _)| *name).collect();
            assert_eq!(ours, names, "{folder}");
        }
    }
}
