//! Positions that several rows and several systems tell of.

use counterpart::sources::problem::Severity;

use super::plant::{Plant, table};
use crate::expect::source;

const CMMS: &str = r#"
    format = "csv"
    system = "cmms"
    files = ["assets.csv"]
    kind = "asset"
    twins = "match"
    key = "assetnum"
    model = "dtmi:counterpart:base:Unit;1"
    properties.serialNumber = "serial"
    identity = { serial = "serial", model = "modelnum", tag = "tag", location = "location", plant = "site" }
    [also.position]
    key = ["site", "tag"]
    model = "dtmi:counterpart:base:Position;1"
    relationship = "occupies"
    properties = { tag = "tag", duty = "duty" }
    identity = { tag = "tag", location = "location", plant = "site" }
"#;

const ERP: &str = r#"
    format = "csv"
    system = "erp"
    files = ["equipment.csv"]
    kind = "equipment"
    twins = "match"
    key = "EQUNR"
    model = "dtmi:counterpart:base:Unit;1"
    properties.serialNumber = "SERGE"
    identity = { serial = "SERGE", model = "TYPBZ", tag = "TIDNR", location = "TPLNR", plant = "SWERK" }
    [also.position]
    key = ["SWERK", "TIDNR"]
    model = "dtmi:counterpart:base:Position;1"
    relationship = "occupies"
    properties.tag = "TIDNR"
    identity = { tag = "TIDNR", location = "TPLNR", plant = "SWERK" }
"#;

const ASSETS: &str = "assetnum,serial,modelnum,tag,duty,location,site";
const EQUIPMENT: &str = "EQUNR,SERGE,TYPBZ,TIDNR,TPLNR,SWERK";
const NOW: &str = "2026-03-01T00:00:00Z";

#[tokio::test]
async fn positions_of_two_systems_are_one_twin_and_units_are_not_merged_by_their_tags() {
    let assets = table(
        "assets.csv",
        ASSETS,
        &[
            "1,9974-0011,Etanorm 050,P-101A,Feed,L03/S010,BED",
            "2,9974-0012,Etanorm 050,P-101B,Feed,L03/S010,BED",
            "3,1730-4411,DDA 7.5,P-205,Dosing,L04/S020,BED",
            // In another plant the numbers begin again.
            "4,5512-9001,CR 32-4,P-101A,Feed,L01/S010,TEX",
            "5,5512-9002,CR 32-4,P-330,Feed,L01/S010,TEX",
        ],
    );
    let equipment = table(
        "equipment.csv",
        EQUIPMENT,
        &[
            "E1,9974-0011,ETANORM 050,P101A,L03-S010,BED",
            "E2,9974-0012,ETANORM 050,P101B,L03-S010,BED",
            // The ERP does not know of the swap yet: another pump, the same place.
            "E3,0088-7712,MAGNETA,P-0205,L04-S020,BED",
            "E4,5512-9001,CR32-4,P-101A,L01-S010,TEX",
        ],
    );
    let plant = Plant::new().await;
    plant.imported(&[assets, equipment], &[source(CMMS), source(ERP)]).await;
    let twin = |id: &str| plant.twin(id, NOW).unwrap_or_else(|| panic!("{id}"));
    for (cmms, erp) in [
        ("BED/P-101A", "BED/P101A"),
        ("BED/P-101B", "BED/P101B"),
        ("BED/P-205", "BED/P-0205"),
        ("TEX/P-101A", "TEX/P-101A"),
    ] {
        let twins = [format!("cmms:position:{cmms}"), format!("erp:position:{erp}")];
        assert_eq!(twin(&twins[0]), twin(&twins[1]), "{twins:?}");
    }
    let places = ["BED/P-101A", "BED/P-101B", "BED/P-205", "TEX/P-101A", "TEX/P-330"];
    let mut distinct: Vec<_> =
        places.iter().map(|id| twin(&format!("cmms:position:{id}"))).collect();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), places.len());
    assert_eq!(twin("cmms:1"), twin("erp:E1"));
    assert_ne!(twin("cmms:3"), twin("erp:E3"), "a tag is a place and not a machine");
    assert_eq!(plant.occupants("cmms:position:BED/P-101A", NOW, None), ["9974-0011"]);
    let both = plant.occupants("cmms:position:BED/P-205", NOW, None);
    assert_eq!(both, ["0088-7712", "1730-4411"], "each system says what it says");
}

#[tokio::test]
async fn a_relationship_ends_with_the_last_system_that_says_so() {
    let cmms = |tag: &str| {
        let row = format!("1,9974-0011,Etanorm 050,{tag},Feed,L03/S010,BED");
        table("assets.csv", ASSETS, &[&row])
    };
    let erp = |tag: &str| {
        let row = format!("E1,9974-0011,ETANORM 050,{tag},L03/S010,BED");
        table("equipment.csv", EQUIPMENT, &[&row])
    };
    let plant = Plant::new().await;
    let sources = [source(CMMS), source(ERP)];
    plant.imported(&[cmms("P-101A"), erp("P-101A")], &sources).await;
    let place = "cmms:position:BED/P-101A";
    plant.import(&[cmms("")], &sources).await;
    assert_eq!(plant.occupants(place, NOW, None), ["9974-0011"], "the ERP says so");
    plant.import(&[erp("")], &sources).await;
    assert!(plant.occupants(place, NOW, None).is_empty());
}

#[tokio::test]
async fn rows_that_say_the_same_of_a_place_are_no_problem_and_contradictions_are_told() {
    let plant = Plant::new().await;
    let same = table(
        "assets.csv",
        ASSETS,
        &[
            "1,9974-0011,Etanorm 050,P-101A,Feed,L03/S010,BED",
            "2,9974-0012,Magneta 1,P-101A,,L03/S010,BED",
            "3,9974-0013,Magneta 2,,,L03/S010,BED",
        ],
    );
    let report = plant.imported(&[same], &[source(CMMS)]).await;
    assert_eq!(report.notes, 0, "{report}");
    assert_eq!(plant.occupants("cmms:position:BED/P-101A", NOW, None).len(), 2);
    let contradicting = table(
        "assets.csv",
        ASSETS,
        &[
            "1,9974-0011,Etanorm 050,P-101A,Feed,L03/S010,BED",
            "2,9974-0012,Magneta 1,P-101A,Spare,L04/S020,BED",
        ],
    );
    let report = plant.imported(&[contradicting], &[source(CMMS)]).await;
    let [problem] = &report.problems[..] else { panic!("{report}") };
    assert_eq!(
        (problem.code, problem.severity, problem.origin.line),
        ("TOLD_OTHERWISE", Severity::Note, 3)
    );
    assert!(problem.message.contains("row 2"), "{problem}");
    assert!(
        problem.message.contains("`duty`") && problem.message.contains("`location`"),
        "{problem}"
    );
    assert!(!problem.message.contains("`tag`"), "{problem}");
    let place = plant.twin("cmms:position:BED/P-101A", NOW).unwrap();
    assert_eq!(plant.value(place, "duty", NOW).as_deref(), Some("Feed"), "the first counts");
}
