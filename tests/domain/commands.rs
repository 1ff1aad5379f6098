//! What each command changes and refuses: given a plant, when it is asked, then.

use counterpart::domain::command::{
    Bind, Command, DeleteTwin, LinkId, PutTwin, Relate, SetProperties, SwapDevice, Unbind, UnlinkId,
};
use counterpart::domain::graph::Direction;
use counterpart::domain::role::Role;
use counterpart::domain::time::{Interval, Timestamp};
use serde_json::json;

use crate::plant::{self, Plant, between, bind, by, external, put, relate, since, stream};

/// A station with a pump, measured by a gateway from moment 0 on.
fn measured_pump() -> Plant {
    let mut plant = Plant::new();
    plant.twin("mes:STATION-B", "base:Station");
    plant.twin("cmms:EQ-1", "demo:Pump");
    plant.twin("mqtt:GW-1", "base:Gateway");
    plant.ask(Command::Bind(bind("mqtt:GW-1", "ch1", "cmms:EQ-1", "flow", since(0)))).unwrap();
    plant
}

fn refused(plant: &mut Plant, command: Command) -> &'static str {
    plant.ask(command).unwrap_err().code()
}

fn link(id: &str, twin: &str, valid: Interval, replace: bool) -> Command {
    let (external, twin) = (external(id), by(twin));
    let reason = "same serial".into();
    Command::LinkId(LinkId { external, twin, valid, reason, confidence: 0.9, replace })
}

fn set(twin: &str, path: &str, value: serde_json::Value, valid: Interval) -> Command {
    let properties = vec![(path.into(), value)];
    Command::SetProperties(SetProperties { twin: by(twin), properties, valid, source: None })
}

#[test]
fn every_command_said_twice_changes_nothing_the_second_time() {
    let mut plant = measured_pump();
    let commands = [
        put("cmms:EQ-1", "demo:Pump", Interval::ALWAYS),
        link("erp:44710-07", "cmms:EQ-1", since(0), false),
        relate("cmms:EQ-1", "locatedIn", "mes:STATION-B", since(0)),
        set("cmms:EQ-1", "serialNumber", json!("44710-07"), since(0)),
        Command::Bind(bind("mqtt:GW-1", "ch1", "cmms:EQ-1", "flow", since(0))),
    ];
    for command in commands {
        plant.ask(command.clone()).unwrap();
        assert_eq!(plant.ask(command.clone()).unwrap(), 0, "{command:?}");
    }
}

#[test]
fn the_role_follows_from_what_the_model_extends() {
    let mut plant = measured_pump();
    let role = |plant: &Plant, id: &str| {
        let twin = plant.meaning(id, 0).unwrap();
        plant.view(0).role(twin)
    };
    plant.state.rules.roles = plant::roles();
    assert_eq!(role(&plant, "mes:STATION-B"), Some(Role::Location));
    assert_eq!(role(&plant, "cmms:EQ-1"), Some(Role::Asset));
    assert_eq!(role(&plant, "mqtt:GW-1"), Some(Role::Device));
}

#[test]
fn an_id_that_means_another_twin_is_a_conflict_unless_it_is_to_be_replaced() {
    let mut plant = measured_pump();
    plant.twin("cmms:EQ-2", "demo:Pump");
    assert_eq!(refused(&mut plant, link("cmms:EQ-1", "cmms:EQ-2", since(5), false)), "ID_TAKEN");
    plant.ask(link("cmms:EQ-1", "cmms:EQ-2", since(5), true)).unwrap();
    assert_eq!(plant.meaning("cmms:EQ-1", 9), plant.meaning("cmms:EQ-2", 9));
    assert_ne!(plant.meaning("cmms:EQ-1", 4), plant.meaning("cmms:EQ-2", 4));
}

#[test]
fn an_id_may_mean_one_twin_after_the_other() {
    let mut plant = measured_pump();
    plant.twin("cmms:EQ-2", "demo:Pump");
    plant.ask(link("erp:POS-9", "cmms:EQ-1", between(0, 10), false)).unwrap();
    plant.ask(link("erp:POS-9", "cmms:EQ-2", since(10), false)).unwrap();
    assert_eq!(plant.meaning("erp:POS-9", 9), plant.meaning("cmms:EQ-1", 9));
    assert_eq!(plant.meaning("erp:POS-9", 10), plant.meaning("cmms:EQ-2", 10));
    let end = UnlinkId { external: external("erp:POS-9"), valid: since(20) };
    plant.ask(Command::UnlinkId(end)).unwrap();
    assert_eq!(plant.meaning("erp:POS-9", 20), None);
}

#[test]
fn ids_that_mean_two_twins_cannot_be_put_as_one() {
    let mut plant = measured_pump();
    plant.twin("cmms:EQ-2", "demo:Pump");
    let put = PutTwin {
        id: None,
        identifiers: vec![external("cmms:EQ-1"), external("cmms:EQ-2")],
        model: None,
        properties: Vec::new(),
        valid: Interval::ALWAYS,
        source: None,
    };
    assert_eq!(refused(&mut plant, Command::PutTwin(put)), "AMBIGUOUS_TWIN");
}

#[test]
fn a_stream_measures_one_thing_at_a_time() {
    let mut plant = measured_pump();
    let other = bind("mqtt:GW-1", "ch1", "cmms:EQ-1", "vibration", since(5));
    assert_eq!(refused(&mut plant, Command::Bind(other.clone())), "STREAM_TAKEN");
    plant.ask(Command::Bind(Bind { replace: true, ..other })).unwrap();
    assert_eq!(plant.measures("mqtt:GW-1", "ch1", 4).unwrap().1, "flow");
    assert_eq!(plant.measures("mqtt:GW-1", "ch1", 5).unwrap().1, "vibration");
    let end = Unbind { stream: stream("mqtt:GW-1", "ch1"), valid: between(2, 3) };
    plant.ask(Command::Unbind(end)).unwrap();
    assert_eq!(plant.measures("mqtt:GW-1", "ch1", 2), None);
    assert_eq!(plant.measures("mqtt:GW-1", "ch1", 3).unwrap().1, "flow");
}

#[test]
fn a_binding_converts_units_and_refuses_those_of_another_quantity() {
    let mut plant = measured_pump();
    let with = |unit: &str| {
        let unit = Some(unit.into());
        let bind = bind("mqtt:GW-1", "ch2", "cmms:EQ-1", "bearingTemperature", since(0));
        Command::Bind(Bind { unit, ..bind })
    };
    assert_eq!(refused(&mut plant, with("kPa")), "WRONG_UNIT");
    assert_eq!(refused(&mut plant, with("furlong-ish")), "UNKNOWN_UNIT");
    plant.ask(with("[degF]")).unwrap();
    let stream = plant.state.streams.find(stream("mqtt:GW-1", "ch2").as_ref()).unwrap();
    let facts = plant.state.streams.get(stream).unwrap().bindings.spans(plant.position);
    let conversion = facts[0].value.conversion.unwrap();
    let celsius =
        conversion.apply(&counterpart::domain::value::Value::Integer(212)).as_f64().unwrap();
    assert!((celsius - 100.0).abs() < 1e-9, "{celsius}");
}

#[test]
fn what_the_model_does_not_have_is_refused_with_what_it_has() {
    let mut plant = measured_pump();
    let error = plant.ask(set("cmms:EQ-1", "serialNumbr", json!("x"), since(0))).unwrap_err();
    assert_eq!(error.code(), "UNKNOWN_CONTENT");
    assert!(error.to_string().contains("serialNumber"), "{error}");
    assert_eq!(
        refused(&mut plant, set("cmms:EQ-1", "serialNumber", json!(7), since(0))),
        "INVALID_VALUE"
    );
    assert_eq!(
        refused(&mut plant, relate("cmms:EQ-1", "eats", "mes:STATION-B", since(0))),
        "UNKNOWN_CONTENT"
    );
    assert_eq!(
        refused(&mut plant, relate("cmms:EQ-1", "locatedIn", "mqtt:GW-1", since(0))),
        "WRONG_TARGET"
    );
    assert_eq!(refused(&mut plant, put("x:1", "demo:Pumpe", since(0))), "UNKNOWN_MODEL");
    let bind = bind("mqtt:GW-1", "ch9", "cmms:EQ-1", "fluw", since(0));
    assert_eq!(refused(&mut plant, Command::Bind(bind)), "UNKNOWN_CONTENT");
}

#[test]
fn a_place_cannot_lie_inside_itself() {
    let mut plant = Plant::new();
    for place in ["A", "B", "C"] {
        plant.twin(&format!("mes:{place}"), "base:Area");
    }
    plant.ask(relate("mes:A", "partOf", "mes:B", since(0))).unwrap();
    plant.ask(relate("mes:B", "partOf", "mes:C", since(0))).unwrap();
    assert_eq!(refused(&mut plant, relate("mes:C", "partOf", "mes:A", since(0))), "PLACE_CIRCLE");
    assert_eq!(refused(&mut plant, relate("mes:A", "partOf", "mes:A", since(0))), "PLACE_CIRCLE");
    let a = plant.meaning("mes:A", 0).unwrap();
    let path: Vec<_> = plant.view(0).places(a);
    assert_eq!(path, [plant.meaning("mes:C", 0).unwrap(), plant.meaning("mes:B", 0).unwrap()]);
}

#[test]
fn a_property_keeps_its_past() {
    let mut plant = measured_pump();
    plant.ask(set("cmms:EQ-1", "name", json!("Old"), since(0))).unwrap();
    plant.ask(set("cmms:EQ-1", "name", json!("New"), since(10))).unwrap();
    let known = plant.position;
    plant.ask(set("cmms:EQ-1", "name", json!(null), between(3, 5))).unwrap();
    let pump = plant.meaning("cmms:EQ-1", 0).unwrap();
    let name = |plant: &Plant, moment| {
        plant.view(moment).property(pump, "name").map(|golden| golden.value.clone())
    };
    assert_eq!(name(&plant, 9), Some(json!("Old")));
    assert_eq!(name(&plant, 10), Some(json!("New")));
    assert_eq!(name(&plant, 4), None);
    plant.position = known;
    assert_eq!(name(&plant, 4), Some(json!("Old")), "as it was known then");
}

#[test]
fn a_device_swap_hands_over_bindings_and_relationships_and_leaves_the_past_alone() {
    let mut plant = measured_pump();
    plant.ask(relate("mqtt:GW-1", "monitors", "cmms:EQ-1", since(0))).unwrap();
    let swap = |at| {
        let (old, new) = (external("mqtt:GW-1"), external("mqtt:GW-2"));
        let carry = vec!["protocol".into()];
        Command::SwapDevice(SwapDevice { old, new, at: Timestamp(at), carry })
    };
    let program = || Some(json!("modbus"));
    plant.ask(set("mqtt:GW-1", "protocol", json!("modbus"), since(0))).unwrap();
    plant.ask(swap(100)).unwrap();
    let pump = plant.meaning("cmms:EQ-1", 0).unwrap();
    let (old, new) =
        (plant.meaning("mqtt:GW-1", 99).unwrap(), plant.meaning("mqtt:GW-2", 100).unwrap());
    assert_eq!(plant.measures("mqtt:GW-1", "ch1", 99), Some((pump, "flow".to_owned())));
    assert_eq!(plant.measures("mqtt:GW-1", "ch1", 100), None);
    assert_eq!(plant.measures("mqtt:GW-2", "ch1", 100), Some((pump, "flow".to_owned())));
    assert_eq!(plant.measures("mqtt:GW-2", "ch1", 99), None);
    let monitors = |moment, device| {
        plant
            .view(moment)
            .edges(device, Direction::Outgoing)
            .iter()
            .any(|e| &*e.ends.name == "monitors")
    };
    assert!(monitors(99, old) && !monitors(100, old) && monitors(100, new) && !monitors(99, new));
    let protocol =
        |moment| plant.view(moment).property(new, "protocol").map(|golden| golden.value.clone());
    assert_eq!((protocol(99), protocol(100)), (None, program()), "carried along");
    assert_eq!(refused(&mut plant, swap(200)), "NOTHING_TO_SWAP");
}

#[test]
fn what_an_import_says_again_gives_way_to_what_was_decided_since() {
    let mut plant = measured_pump();
    plant.ask(relate("mqtt:GW-1", "monitors", "cmms:EQ-1", since(0))).unwrap();
    let swap = SwapDevice {
        old: external("mqtt:GW-1"),
        new: external("mqtt:GW-2"),
        at: Timestamp(100),
        carry: Vec::new(),
    };
    plant.ask(Command::SwapDevice(swap)).unwrap();
    let gives_way = |command| match command {
        Command::Relate(said) => Command::Relate(Relate { gives_way: true, ..said }),
        Command::Bind(said) => Command::Bind(Bind { gives_way: true, ..said }),
        other => other,
    };
    for said in [
        relate("mqtt:GW-1", "monitors", "cmms:EQ-1", since(0)),
        Command::Bind(bind("mqtt:GW-1", "ch1", "cmms:EQ-1", "flow", since(0))),
    ] {
        assert_eq!(plant.ask(gives_way(said.clone())).unwrap(), 0, "the end at the swap stays");
        assert!(plant.ask(said).unwrap() > 0, "a person who says it means it");
    }
}

#[test]
fn a_relationship_whose_properties_a_steward_restated_is_not_overwritten_by_the_next_import() {
    let mut plant = Plant::new();
    plant.twin("cmms:EQ-1", "demo:Pump");
    plant.twin("cmms:EQ-2", "demo:Pump");
    let said = |medium: &str, gives_way| {
        let Command::Relate(said) = relate("cmms:EQ-1", "feeds", "cmms:EQ-2", since(0)) else {
            unreachable!("it is one")
        };
        let properties = [("medium".into(), json!(medium))].into_iter().collect();
        Command::Relate(Relate { properties, gives_way, ..said })
    };
    plant.ask(said("water", true)).unwrap();
    plant.ask(said("brine", false)).unwrap();
    assert_eq!(plant.ask(said("water", true)).unwrap(), 0);
}

#[test]
fn a_deleted_twin_lets_go_of_everything_from_then_on() {
    let mut plant = measured_pump();
    plant.ask(relate("cmms:EQ-1", "locatedIn", "mes:STATION-B", since(0))).unwrap();
    let pump = plant.meaning("cmms:EQ-1", 0).unwrap();
    let delete = DeleteTwin { twin: by("cmms:EQ-1"), at: Timestamp(50) };
    plant.ask(Command::DeleteTwin(delete)).unwrap();
    assert_eq!(plant.meaning("cmms:EQ-1", 50), None);
    assert_eq!(plant.measures("mqtt:GW-1", "ch1", 50), None);
    assert!(plant.view(50).twin(pump).is_none());
    assert!(plant.view(50).edges(pump, Direction::Outgoing).is_empty());
    assert_eq!(plant.meaning("cmms:EQ-1", 49), Some(pump));
    assert!(plant.view(49).twin(pump).is_some());
    assert_eq!(plant.view(49).edges(pump, Direction::Outgoing).len(), 1);
}

#[test]
fn more_streams_than_the_limit_are_refused() {
    let mut plant = measured_pump();
    plant.state.rules.streams_max = 2;
    plant.ask(Command::Bind(bind("mqtt:GW-1", "ch2", "cmms:EQ-1", "vibration", since(0)))).unwrap();
    let third = bind("mqtt:GW-1", "ch3", "cmms:EQ-1", "bearingTemperature", since(0));
    assert_eq!(refused(&mut plant, Command::Bind(third)), "LIMIT_REACHED");
}

#[test]
fn a_device_that_measures_itself_too_is_about_the_asset() {
    let mut plant = measured_pump();
    let own = bind("mqtt:GW-1", "board", "mqtt:GW-1", "boardTemperature", since(0));
    plant.ask(Command::Bind(own)).unwrap();
    let gateway = plant.meaning("mqtt:GW-1", 0).unwrap();
    assert_eq!(plant.view(0).measured_by(gateway), [plant.meaning("cmms:EQ-1", 0).unwrap()]);
}

#[test]
fn a_converted_value_has_no_digits_of_the_machine() {
    let conversion = counterpart::domain::unit::conversion("kPa", "bar").unwrap().unwrap();
    let converted = conversion.apply(&counterpart::domain::value::Value::Double(402.8));
    assert_eq!(converted.as_f64(), Some(4.028));
}
