//! The demo plant tells its story through the real engine: names, places, and last week's swap.

use counterpart::domain::id::{ExternalId, TwinId};
use counterpart::domain::view::{Scope, View};
use counterpart::sources::text::Input;

use crate::engine::Target;
use crate::models::files;

const BEFORE_THE_SWAP: &str = "2026-02-27T12:00:00Z";

fn inputs() -> Vec<Input> {
    // Files may come in any order, so they come in the wrong one.
    let mut found = files("models/demo/plant", "ndjson");
    found.extend(files("models/demo", "json"));
    found.extend(files("models/base", "json"));
    found.reverse();
    let mut inputs: Vec<Input> = found.iter().map(|(path, _)| Input::file(path)).collect();
    inputs.sort_by_key(|input| input.name().ends_with("json"));
    inputs
}

async fn plant() -> Target {
    let target = Target::new().await;
    let report = target.import(&inputs(), &[]).await;
    assert!(report.is_complete() && report.notes == 0, "{report}");
    assert!(report.total().changed > 250, "{report}");
    target
}

fn view<R>(target: &Target, as_of: Option<&str>, look: impl FnOnce(View<'_>) -> R) -> R {
    let scope: Scope = target.0.scope(as_of.map(|t| t.parse().unwrap()), None);
    target.0.read(|state| look(View { state, scope }))
}

fn twin(view: &View<'_>, id: &str) -> TwinId {
    let (system, id) = id.split_once(':').unwrap();
    let external = ExternalId::new(system, "", id).unwrap();
    view.resolve(&external).unwrap_or_else(|| panic!("{external}")).value.twin
}

fn ids(view: &View<'_>, of: TwinId) -> Vec<String> {
    view.external_ids(of).into_iter().map(|(id, _)| id.to_string()).collect()
}

#[tokio::test]
async fn a_gateway_leads_to_its_asset_with_all_names_and_its_place() {
    let target = plant().await;
    view(&target, None, |view| {
        let gateway = twin(&view, "mqtt:MQTT-GW-4471");
        let measured = view.measured_by(gateway);
        let pump = twin(&view, "cmms:EQ-000238341");
        assert!(measured.contains(&pump));
        assert_eq!(ids(&view, pump), ["cmms:EQ-000238341", "erp:44710-07"]);
        assert_eq!(twin(&view, "erp:44710-07"), pump);
        let places: Vec<String> =
            view.places(pump).into_iter().flat_map(|place| ids(&view, place)).collect();
        assert!(places.contains(&"mes:PLANT-07/LINE-03/STATION-B".to_owned()), "{places:?}");
        assert!(places.contains(&"mes:PLANT-07".to_owned()), "{places:?}");
    });
}

#[tokio::test]
async fn before_the_swap_another_gateway_measured_it() {
    let target = plant().await;
    let devices = |as_of| {
        view(&target, as_of, |view| {
            let pump = twin(&view, "cmms:EQ-000238341");
            let devices = view.devices_of(pump);
            devices.into_iter().flat_map(|device| ids(&view, device)).collect::<Vec<_>>()
        })
    };
    assert!(devices(None).contains(&"mqtt:MQTT-GW-4471".to_owned()));
    assert!(!devices(None).contains(&"mqtt:MQTT-GW-3907".to_owned()));
    let before = devices(Some(BEFORE_THE_SWAP));
    assert!(before.contains(&"mqtt:MQTT-GW-3907".to_owned()), "{before:?}");
    assert!(!before.contains(&"mqtt:MQTT-GW-4471".to_owned()), "{before:?}");
    // Where the old one is now.
    view(&target, None, |view| {
        let gateway = twin(&view, "mqtt:MQTT-GW-3907");
        let conveyor = twin(&view, "cmms:EQ-000112010");
        assert_eq!(view.measured_by(gateway), [conveyor]);
    });
}

#[tokio::test]
async fn before_the_pump_was_replaced_its_place_had_another() {
    let target = plant().await;
    view(&target, Some("2025-11-01T00:00:00Z"), |view| {
        let gateway = twin(&view, "mqtt:MQTT-GW-3907");
        let old = twin(&view, "cmms:EQ-000198220");
        assert_eq!(view.measured_by(gateway), [old]);
    });
}

#[tokio::test]
async fn a_second_import_changes_nothing() {
    let target = plant().await;
    let report = target.import(&inputs(), &[]).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.total().changed, 0, "{report}");
    assert_eq!(report.models.added, 0, "{report}");
}
