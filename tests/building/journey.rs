//! The journey.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::answers::{Now, counts, fed_by, models, relationships, states};
use crate::files::{Building, Edge};
use crate::senders::{Answered, Progress, post, publish};
use crate::site::{Site, memory, metric, position, post_import, subscribed};
use crate::support::server::Server;
use crate::support::shared::service;
use crate::telemetry::{READINGS, Reading, latest, shares, taken};

/// The air handler of the building's offices.
const AIR_HANDLER: &str = "EBU3B_AHU_1";
/// How long the broker and the server may take for what is still under way.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn every_entity_and_edge_is_imported_or_reported_and_the_second_import_changes_nothing() {
    let Some(building) = Building::load() else {
        return;
    };
    let site = Site::new("import", None);
    let server = site.serve().await;
    let (report, code) = site.import(&server, &building);
    assert_eq!(code, Some(1), "what is not imported is no success");
    assert_eq!(report["models"], json!({ "added": 1364, "unchanged": 0 }));
    assert_eq!(report["kinds"], kinds([6176, 8386, 1106, 1], [0, 0, 0, 0]));
    every_entity_is_there(&server, &building).await;
    every_edge_is_there_or_reported(&server, &building, &report).await;

    let before = position(&server).await;
    let (status, report) = post_import(&server, &building).await;
    assert_eq!(status, 207);
    assert_eq!(report["models"], json!({ "added": 0, "unchanged": 1364 }));
    assert_eq!(report["kinds"], kinds([0, 0, 0, 0], [6176, 8386, 1106, 1]));
    assert_eq!(position(&server).await, before, "nothing is written");
}

fn kinds(changed: [u64; 4], unchanged: [u64; 4]) -> Value {
    let kind = |n: usize, rejected: u64| {
        let (changed, unchanged) = (changed[n], unchanged[n]);
        let read = changed + unchanged + rejected;
        json!({ "read": read, "changed": changed, "unchanged": unchanged, "rejected": rejected })
    };
    json!({
        "twin": kind(0, 0),
        "relationship": kind(1, 6),
        "binding": kind(2, 0),
        "source": kind(3, 0),
    })
}

async fn every_entity_is_there(server: &Server, building: &Building) {
    let models = models(server).await;
    assert_eq!(models.len(), building.entities.len());
    for (id, entity) in &building.entities {
        let model = models.get(id).unwrap_or_else(|| panic!("{id} is missing"));
        // Where the ontology has no model of exactly its class, a more general one is right. Names are
        // compared: the entities' file takes the geometry `rec:Point` for the class `Point`.
        let named = |dtmi: &String| name(dtmi) == name(model);
        let exact = entity.dtmi.as_ref().is_none_or(named);
        assert!(exact, "{entity:?} became {model}");
    }
}

fn name(dtmi: &str) -> &str {
    dtmi.rsplit(':').next().unwrap_or(dtmi)
}

async fn every_edge_is_there_or_reported(server: &Server, building: &Building, report: &Value) {
    let found = relationships(server).await;
    assert_eq!(found.len(), 8386);
    let known = |edge: &&Edge| edge.ways().iter().any(|way| found.contains(way));
    let missing: BTreeSet<&Edge> = building.edges.iter().filter(|edge| !known(edge)).collect();
    let undefined = |edge: &&&Edge| !building.entities.contains_key(&edge.target);
    assert_eq!(building.edges.len(), 8392);
    assert_eq!(missing.len(), 6, "{missing:#?}");
    assert_eq!(missing.iter().filter(undefined).count(), 5, "{missing:#?}");

    let problems = report["problems"].as_array().expect("a list");
    let errors = problems.iter().filter(|problem| problem["severity"] == "error");
    let errors: Vec<String> = errors.map(|p| format!("{} {}", p["code"], p["message"])).collect();
    assert_eq!(errors.len(), missing.len(), "{errors:#?}");
    for edge in missing {
        let telling = if undefined(&&edge) {
            ["UNDEFINED_ENTITY", &edge.name, &edge.target]
        } else {
            ["NO_RELATIONSHIP", &edge.name, ""]
        };
        let tells = |text: &String| telling.iter().all(|part| text.contains(part));
        let reported = errors.iter().any(tells);
        assert!(reported, "{edge:?} is not among {errors:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn telemetry_over_http_and_mqtt_at_once_tells_what_the_rooms_of_an_air_handler_are_like_now()
{
    let Some((building, broker)) = given() else {
        return;
    };
    let readings = taken(&building.points());
    let site = Site::new("question", Some(&broker));
    let server = loaded(&site, &building).await;
    println!("with the building loaded: {}", memory(&server));
    let answered = play(&server, &site, &broker, &readings).await;
    let settled = settle(&server, &readings).await;
    assert_eq!(settled.len(), 755, "temperature and flow points of this building");

    // Each reading was accepted once, whichever way it came first.
    let over_mqtt = "counterpart_readings_total{source=\"mqtt\",outcome=\"accepted\"}";
    let accepted = answered.accepted as f64 + metric(&server, over_mqtt).await;
    assert_eq!(accepted, readings.len() as f64);
    assert!(answered.duplicate > 0, "readings went both ways");

    let (terminals, now) = fed_by(&server, AIR_HANDLER).await;
    let expected = building.fed_by(AIR_HANDLER);
    assert_eq!(terminals.len(), 238);
    for (id, terminal) in &expected {
        assert_eq!(terminals.get(id), Some(terminal), "{id}");
    }
    let zones = expected.values().flat_map(|terminal| terminal.zones.values());
    let temperatures = zones.flat_map(|zone| &zone.temperatures);
    let flows = expected.values().flat_map(|terminal| &terminal.flows);
    let latest = latest(&readings);
    let sensors: BTreeSet<&String> = temperatures.chain(flows).collect();
    assert_eq!(now.len(), sensors.len(), "every sensor says something");
    for sensor in sensors {
        assert_eq!(now.get(sensor), Some(&Now::of(latest[sensor.as_str()])), "{sensor}");
    }
    println!("with the telemetry played and asked for: {}", memory(&server));
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_in_the_middle_of_the_telemetry_leaves_the_state_of_a_run_without_it() {
    let Some((building, broker)) = given() else {
        return;
    };
    let readings = taken(&building.points());
    let (killed, unharmed) = tokio::join!(
        play_with_a_kill(&building, &broker, &readings),
        play_without(&building, &broker, &readings),
    );
    assert_eq!(killed.len(), unharmed.len());
    for (id, now) in &unharmed {
        assert_eq!(killed.get(id), Some(now), "{id}");
    }
}

async fn play_without(
    building: &Building,
    broker: &str,
    readings: &[Reading],
) -> BTreeMap<String, Now> {
    let site = Site::new("unharmed", Some(broker));
    let server = loaded(&site, building).await;
    play(&server, &site, broker, readings).await;
    settle(&server, readings).await
}

async fn play_with_a_kill(
    building: &Building,
    broker: &str,
    readings: &[Reading],
) -> BTreeMap<String, Now> {
    let site = Site::new("killed", Some(broker));
    let server = loaded(&site, building).await;
    let (one, other) = shares(readings);
    let progress = Progress::of(other.len());
    let (url, at) = watch::channel(server.url.clone());
    let posting = tokio::spawn(post(at, one, progress.clone()));
    let publishing = publish(broker, &site.topics, other, progress.clone());
    let killing = async {
        progress.reaches(0.4).await;
        server.kill();
        assert!(progress.part() < 1.0 && !posting.is_finished(), "too late to be in the middle");
        let started = Instant::now();
        let server = site.serve().await;
        println!("ready again after {:?}: {}", started.elapsed(), memory(&server));
        url.send(server.url.clone()).expect("the sender waits for it");
        server
    };
    let (server, ()) = tokio::join!(killing, publishing);
    posting.await.expect("everything is acknowledged at last");
    settle(&server, readings).await
}

/// The building and a broker, or `None` after saying that the test is skipped.
fn given() -> Option<(Building, String)> {
    Some((Building::load()?, service("COUNTERPART_TEST_MOSQUITTO")?))
}

/// A server with the building, and subscribed at the broker.
async fn loaded(site: &Site, building: &Building) -> Server {
    let server = site.serve().await;
    site.import(&server, building);
    subscribed(&server).await;
    server
}

/// Plays the readings over both protocols at once.
async fn play(server: &Server, site: &Site, broker: &str, readings: &[Reading]) -> Answered {
    let (one, other) = shares(readings);
    let progress = Progress::of(other.len());
    let (_url, at) = watch::channel(server.url.clone());
    let publishing = publish(broker, &site.topics, other, progress.clone());
    let (answered, ()) = tokio::join!(post(at, one, progress), publishing);
    answered
}

/// Waits until the state is the one that the readings make, each counted once; all points' states.
async fn settle(server: &Server, readings: &[Reading]) -> BTreeMap<String, Now> {
    let latest = latest(readings).into_iter();
    let expected: BTreeMap<_, _> = latest.map(|(id, r)| (id.to_owned(), Now::of(r))).collect();
    let each = expected.keys().map(|id| (id.clone(), u64::from(READINGS)));
    let each: BTreeMap<String, u64> = each.collect();
    let started = Instant::now();
    loop {
        let counted = counts(server).await;
        if counted == each || started.elapsed() > SETTLED_WITHIN {
            let states = states(server).await;
            assert_eq!(counted, each, "readings of each point");
            assert_eq!(states, expected);
            return states;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
