//! Hostile variables of mutations: refused by name, and without any change.

use serde_json::{Value, json};

use crate::plant::{Plant, load};
use crate::support::server::Server;
use crate::support::shared::service;

/// What each mutation is called with, and the code of its refusal. Words in capitals stand for what is
/// long: see [`input`].
const REFUSED: &str = r#"
PutTwin BAD_USER_INPUT {"externalIds":[{"system":"cmms","id":"a\u0000b"}],"model":"Pump"}
PutTwin BAD_USER_INPUT {"externalIds":[{"system":"cmms","id":"a\u202eb"}],"model":"Pump"}
PutTwin BAD_USER_INPUT {"externalIds":[{"system":"cmms","id":""}],"model":"Pump"}
PutTwin BAD_USER_INPUT {"externalIds":[{"system":"cmms","id":"LONG"}],"model":"Pump"}
PutTwin INVALID {"externalIds":MANY,"model":"Pump"}
PutTwin BAD_USER_INPUT {"id":"1","model":"Pump"}
PutTwin MODEL_MISSING {"externalIds":[{"system":"cmms","id":"P-1"}]}
PutTwin BAD_USER_INPUT {"model":"Nothing"}
PutTwin UNKNOWN_MODEL {"model":"dtmi:no:Such;1"}
PutTwin INVALID_ID {PUMP,"source":"a\u0000b"}
PutTwin BAD_USER_INPUT {PUMP,"validFrom":"2026-02-30T00:00:00Z"}
PutTwin BAD_USER_INPUT {PUMP,"validFrom":"9999-12-31T23:59:60Z"}
PutTwin GRAPHQL_VALIDATION_FAILED {PUMP,"validFrom":7}
PutTwin BAD_USER_INPUT {PUMP,"properties":[]}
PutTwin UNKNOWN_CONTENT {PUMP,"properties":{"nothing":1}}
PutTwin INVALID_VALUE {PUMP,"properties":{"name":7}}
PutTwin VARIABLES_TOO_LARGE {PUMP,"properties":{"name":DEEP}}
PutTwin BAD_REQUEST {PUMP,"properties":{"name":"\ud800"}}
PutTwin BAD_REQUEST {PUMP,"properties":{"name":"a","name":"b"}}
PutTwin INVALID_VALUE {PUMP,"properties":{"yearOfManufacture":2147483648}}
PutTwin INVALID_VALUE {PUMP,"properties":{"yearOfManufacture":2014.5}}
PutTwin INVALID_VALUE {PUMP,"properties":{"ratedPower":9223372036854775808}}
PutTwin BAD_REQUEST {PUMP,"properties":{"ratedPower":18446744073709551616}}
PutTwin BAD_REQUEST {PUMP,"properties":{"ratedPower":1e999}}
PutTwin BAD_REQUEST {PUMP,"properties":{"ratedPower":1e-999}}
SetProperties UNKNOWN_TWIN {"twin":{"externalId":{"system":"cmms","id":"NOBODY"}},"properties":{}}
SetProperties GRAPHQL_VALIDATION_FAILED {"twin":{},"properties":{}}
Relate UNKNOWN_CONTENT {"source":ONE,"name":"LONG","target":TWO}
Relate INVALID_ID {"source":ONE,"name":"feeds","target":TWO,"key":"a\u0000b"}
Relate INVALID_ID {"source":ONE,"name":"feeds","target":TWO,"key":"LONG"}
Bind UNKNOWN_CONTENT {STREAM,"twin":ONE,"path":"nothing"}
Bind UNKNOWN_UNIT {STREAM,"twin":ONE,"path":"power","unit":"bananas"}
Bind WRONG_UNIT {STREAM,"twin":ONE,"path":"power","unit":"degreeCelsius"}
DeclareSystem BAD_USER_INPUT {"name":"a\u0007","title":"A"}
DeclareSystem INVALID_VALUE {"name":"a","title":"A\u0000"}
DeclareSystem INVALID_VALUE {"name":"a","title":"LONG"}
LinkId BAD_USER_INPUT {ID,"twin":ONE,"confidence":1.5}
LinkId INVALID_VALUE {ID,"twin":ONE,"reason":"a\u0000b"}
LinkId INVALID_VALUE {ID,"twin":ONE,"reason":"LONG"}
PutRecord INVALID_ID {KEY,"kind":"k\u0000","attributes":{}}
PutRecord INVALID_ID {KEY,"kind":"LONG","attributes":{}}
PutRecord BAD_USER_INPUT {KEY,"kind":"k","attributes":[]}
PutRecord BAD_REQUEST {KEY,"kind":"k","attributes":{"a":18446744073709551616}}
"#;

/// The input with what its words in capitals stand for.
fn input(text: &str) -> String {
    let id = |n: usize| json!({"system": "cmms", "id": n.to_string()});
    let many: Vec<Value> = (0..2_000).map(id).collect();
    let press = |n: u8| format!(r#"{{"externalId":{{"system":"cmms","id":"EQ-00011200{n}"}}}}"#);
    text.replace("LONG", &"x".repeat(1_000_000))
        .replace("MANY", &Value::Array(many).to_string())
        .replace("DEEP", &format!("{}1{}", "[".repeat(40), "]".repeat(40)))
        .replace("PUMP", r#""externalIds":[{"system":"cmms","id":"P-1"}],"model":"Pump""#)
        .replace("STREAM", r#""stream":{"system":"mqtt","device":"D","channel":"c"}"#)
        .replace("ONE", &press(1))
        .replace("TWO", &press(2))
        .replace("{ID,", r#"{"externalId":{"system":"erp","id":"R"},"#)
        .replace("KEY", r#""key":{"system":"erp","id":"R"}"#)
}

#[tokio::test]
async fn each_hostile_input_is_refused_by_name_and_changes_nothing() {
    let plant = Plant::full(&[]).await;
    refuse_all(&plant.server).await;
}

/// A text that only this database cannot keep must be refused before it gets there: else the commit
/// fails, and those of others with it.
#[tokio::test]
async fn postgresql_sees_none_of_them_either() {
    let Some(server) = service("COUNTERPART_TEST_POSTGRES") else {
        return;
    };
    let url = crate::database_gone::fresh_database(&server, "variables").await;
    let server = Server::start(&["--database", &url]).await;
    load(&server.url);
    refuse_all(&server).await;
}

async fn refuse_all(server: &Server) {
    let before = server.position().await;
    for line in REFUSED.lines().filter(|line| !line.is_empty()) {
        let mut parts = line.splitn(3, ' ');
        let (Some(name), Some(code), Some(text)) = (parts.next(), parts.next(), parts.next())
        else {
            panic!("`{line}` has three parts");
        };
        let input = input(text);
        let field = name[..1].to_lowercase() + &name[1..];
        let query = format!("mutation($i: {name}Input!) {{ {field}(input: $i) {{ changed }} }}");
        let body = format!(r#"{{"query":{},"variables":{{"i":{input}}}}}"#, json!(query));
        let answer = server.post("/graphql", "application/json", body).await;
        assert_eq!(answer.code(), code, "{name} {input:.120}: {:.300}", answer.text);
        assert!(answer.words().len() > 10, "{answer:?}");
        assert!(answer.text.len() < 10_000, "{name} {input:.120}: a long answer");
    }
    assert_eq!(server.position().await, before);
}
