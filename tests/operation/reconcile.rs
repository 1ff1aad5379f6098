//! The Reconciliation Service API, as OpenRefine uses it.

use serde_json::{Value, json};

use crate::plant::Plant;
use crate::support::server::Server;

impl Server {
    async fn reconcile(&self, form: &[(&str, String)]) -> (u16, Value) {
        let request = self.http.post(format!("{}/reconcile", self.url)).form(form);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn json_at(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}{path}", self.url)).send().await;
        answer.expect("an answer").json().await.expect("JSON")
    }
}

fn queries(queries: &Value) -> [(&'static str, String); 1] {
    [("queries", queries.to_string())]
}

#[tokio::test]
async fn the_manifest_names_services_that_answer() {
    let plant = Plant::full(&[]).await;
    let manifest = plant.server.json_at("/reconcile").await;
    assert!(manifest["versions"].as_array().is_some_and(|v| v.contains(&json!("0.2"))));
    for field in ["name", "identifierSpace", "schemaSpace"] {
        assert!(manifest[field].is_string(), "{manifest:#}");
    }
    assert!(!manifest["defaultTypes"].as_array().unwrap().is_empty(), "{manifest:#}");
    for what in ["entity", "type", "property"] {
        let service = &manifest["suggest"][what];
        let url = [&service["service_url"], &service["service_path"]].map(|p| p.as_str().unwrap());
        assert!(url[0].starts_with(&plant.server.url), "{service}");
        let found = plant.server.json_at(&format!("{}?prefix=p", url[1])).await;
        assert!(!found["result"].as_array().unwrap().is_empty(), "{what}: {found}");
    }
}

#[tokio::test]
async fn a_twin_is_found_by_any_of_its_names_and_by_its_own_id() {
    let plant = Plant::full(&[]).await;
    let asked = json!({
        "gateway": {"query": "MQTT-GW-4471"},
        "machine": {"query": "eq-000238341"},
        "place": {"query": "PLANT-07/LINE-03/STATION-B", "limit": 1},
        "nobody": {"query": "no such thing"},
        "other kind": {"query": "EQ-000238341", "type": "dtmi:counterpart:base:Site;1"},
    });
    let (status, answer) = plant.server.reconcile(&queries(&asked)).await;
    assert_eq!(status, 200, "{answer}");
    for name in ["gateway", "machine", "place"] {
        let best = &answer[name]["result"][0];
        assert_eq!(best["match"], true, "{name}: {answer:#}");
        assert!(best["score"].as_f64() > Some(90.0), "{name}: {best}");
        assert!(!best["type"].as_array().unwrap().is_empty(), "{name}: {best}");
    }
    assert_eq!(answer["nobody"]["result"], json!([]));
    assert_eq!(answer["other kind"]["result"], json!([]));
    let machine = &answer["machine"]["result"][0]["id"];
    let (_, again) = plant.server.reconcile(&queries(&json!({"q": {"query": machine}}))).await;
    assert_eq!(&again["q"]["result"][0]["id"], machine);
}

#[tokio::test]
async fn a_name_is_found_in_other_words_and_a_property_by_the_name_that_models_give_it() {
    let plant = Plant::full(&[]).await;
    let record = json!({"input": {"key": {"system": "erp", "id": "4711"}, "kind": "equipment", "attributes": {},
        "identity": {"serial": "HX-99-4711", "manufacturer": "KSB"}, "model": "dtmi:counterpart:base:Unit;1"}});
    let put = "mutation($input: PutRecordInput!) { putRecord(input: $input) { twin { id } } }";
    let twin = plant.server.graphql(put, record).await["putRecord"]["twin"]["id"].clone();
    let property = |pid: &str| json!({"properties": [{"pid": pid, "v": ["", "HX994711"]}, {"pid": "colour", "v": "red"}]});
    let asked = json!({
        "turned": {"query": "press blanking"},
        "slip": {"query": "blankng press", "type": ["dtmi:counterpart:demo:Press;1", "no type"]},
        "own": property("serial"),
        "model's": property("serialNumber"),
    });
    let (_, answer) = plant.server.reconcile(&queries(&asked)).await;
    for name in ["turned", "slip"] {
        assert_eq!(answer[name]["result"][0]["name"], "Blanking press", "{name}: {answer:#}");
    }
    for name in ["own", "model's"] {
        assert_eq!(answer[name]["result"][0]["id"], twin, "{name}: {answer:#}");
    }
}

#[tokio::test]
async fn ids_properties_and_measurements_are_fetched_for_reconciled_rows() {
    let plant = Plant::full(&[]).await;
    let asked = queries(&json!({"q": {"query": "EQ-000238341"}}));
    let (_, found) = plant.server.reconcile(&asked).await;
    let id = found["q"]["result"][0]["id"].as_str().expect("the machine").to_owned();
    let wanted =
        json!({"ids": [id, "nonsense"], "properties": [{"id": "name"}, {"id": "id:cmms"}]});
    let (status, answer) = plant.server.reconcile(&[("extend", wanted.to_string())]).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["rows"][&id]["id:cmms"][0], json!({"str": "EQ-000238341"}), "{answer:#}");
    assert!(answer["rows"][&id]["name"][0]["str"].is_string(), "{answer:#}");
    assert_eq!(answer["rows"]["nonsense"]["name"], json!([]));
    let page = plant.server.http.get(format!("{}/reconcile/preview/{id}", plant.server.url));
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(page.contains("EQ-000238341"), "{page}");
}

#[tokio::test]
async fn a_twin_is_found_as_soon_as_it_was_acknowledged_and_no_longer_under_a_name_it_lost() {
    let plant = Plant::full(&[]).await;
    let named = |name: &str| {
        json!({"twin": {"ids": ["cmms:EQ-1"], "model": "dtmi:counterpart:base:Site;1",
            "properties": {"name": name}}})
        .to_string()
    };
    plant.server.import("a.ndjson", named("Tower of Babel").into()).await;
    let ask = |name: &'static str| queries(&json!({"q": {"query": name}}));
    let (_, found) = plant.server.reconcile(&ask("tower of babel")).await;
    assert_eq!(found["q"]["result"][0]["match"], true, "{found:#}");
    plant.server.import("a.ndjson", named("Heap").into()).await;
    let (_, found) = plant.server.reconcile(&ask("tower of babel")).await;
    assert_eq!(found["q"]["result"], json!([]));
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused_with_a_reason() {
    let plant = Plant::empty(&[]).await;
    let many: serde_json::Map<String, Value> =
        (0..200).map(|n| (format!("q{n}"), json!({"query": "x"}))).collect();
    let table = [
        (vec![("queries", "{".to_owned())], 400, "INVALID_JSON"),
        (vec![("queries", "[]".to_owned())], 400, "INVALID_JSON"),
        (vec![("queries", r#"{"q0": {"limit": 2}}"#.to_owned())], 400, "INVALID_QUERY"),
        (vec![("extend", r#"{"ids": 1}"#.to_owned())], 400, "INVALID_QUERY"),
        (vec![("nothing", "x".to_owned())], 400, "QUERY_MISSING"),
        (vec![("queries", Value::Object(many).to_string())], 413, "BATCH_TOO_LARGE"),
        (vec![("queries", "x".repeat(2 << 20))], 413, "BODY_TOO_LARGE"),
    ];
    for (form, status, code) in table {
        let (got, answer) = plant.server.reconcile(&form).await;
        assert_eq!((got, &answer["code"]), (status, &json!(code)), "{answer:#}");
    }
}
