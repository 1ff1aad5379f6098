//! ISA-95 equipment in XML.

use counterpart::domain::command::Command;
use counterpart::dtdl::Catalogue;
use counterpart::sources::limits::{LINE_BYTES_MAX, XML_DEPTH_MAX};
use counterpart::sources::problem::{Kind, Problem};
use counterpart::sources::text::Input;

use crate::expect::{imported_twice, items, source};
use crate::shared::shared;

const SOURCE: &str = "format = 'b2mml'\nsystem = 'mes'\n";

fn read(text: &str) -> (Vec<Command>, Vec<Problem>) {
    let input = Input::bytes("e.xml", text.as_bytes());
    let (found, problems) = items(&input, &[source(SOURCE)], &Catalogue::empty());
    (found.into_iter().map(|item| item.command).collect(), problems)
}

#[test]
fn equipment_in_equipment_is_a_hierarchy() {
    let text = r#"<?xml version="1.0"?>
        <b:ShowEquipment xmlns:b="http://www.mesa.org/xml/B2MML"><b:DataArea>
          <b:Equipment>
            <b:ID>L3</b:ID><b:Description>Line &amp; more &#51;</b:Description><b:EquipmentLevel>ProductionLine</b:EquipmentLevel>
            <b:EquipmentProperty><b:ID>Speed</b:ID><b:Value><b:ValueString>12</b:ValueString><b:UnitOfMeasure>m/s</b:UnitOfMeasure></b:Value></b:EquipmentProperty>
            <b:EquipmentChild><b:ID>L3.S1</b:ID><b:EquipmentLevel>WorkCell</b:EquipmentLevel></b:EquipmentChild>
          </b:Equipment>
        </b:DataArea></b:ShowEquipment>"#;
    let (found, problems) = read(text);
    assert_eq!(problems, []);
    let Command::PutRecord(cell) = &found[2] else { panic!("{found:?}") };
    assert_eq!((cell.key.to_string(), cell.kind.as_ref()), ("mes:L3.S1".to_owned(), "WorkCell"));
    assert_eq!(cell.attributes["Parent"], "L3");
    let Command::PutRecord(line) = found.last().unwrap() else { panic!("{found:?}") };
    assert_eq!(line.attributes["Description"], "Line & more 3");
    assert_eq!(line.attributes["Properties"]["Speed"], "12");
    assert_eq!(line.attributes["Units"]["Speed"], "m/s");
    assert_eq!(line.model.as_ref().unwrap().last_segment(), "Line");
}

#[test]
fn broken_deep_and_endless_documents_are_refused() {
    let deep = "<Equipment>".repeat(XML_DEPTH_MAX + 1);
    let long = format!("<Equipment><ID>{}</ID></Equipment>", "x".repeat(3 * LINE_BYTES_MAX));
    for text in [
        "<Equipment><ID>1</ID>",
        "<Equipment></Equipmant>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><Equipment><ID>&b;</ID></Equipment>",
        &deep,
        &long,
    ] {
        let (found, problems) = read(text);
        assert!(found.is_empty(), "{text:.60}: {found:?}");
        assert_eq!(problems[0].code, "NOT_READABLE", "{text:.60}: {problems:?}");
    }
}

#[tokio::test]
async fn a_real_message_is_imported_twice_and_the_second_time_changes_nothing() {
    let Some(path) = shared("samples/isa95/equipment-SyncEquipment-v0701.xml") else { return };
    let report = imported_twice(&[Input::file(&path)], &[source(SOURCE)]).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.kinds[&Kind::Twin].changed, 3, "{report}");
    assert_eq!(report.kinds[&Kind::Relationship].changed, 2, "{report}");
}
