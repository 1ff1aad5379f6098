//! Parents that run in a circle.

use counterpart::sources::problem::Kind;
use counterpart::sources::text::Input;

use crate::expect::{imported_twice, source};

const SOURCE: &str = r#"
    format = "csv"
    system = "erp"
    key = "id"
    model = "dtmi:counterpart:base:Unit;1"
    relationships.partOf = { field = "parent", parent = true }
    times = { from = "from", to = "to" }
"#;

#[tokio::test]
async fn no_edge_of_a_circle_is_made_and_all_others_are() {
    let text = "id,parent,from,to\na,b,,\nb,c,,\nc,a,,\nd,a,,\ne,e,,\nf,d,,\n";
    let input = Input::bytes("units.csv", text.as_bytes());
    let report = imported_twice(&[input], &[source(SOURCE)]).await;
    let shown: Vec<_> = report.problems.iter().map(|p| (p.origin.line, p.code)).collect();
    let circle = "PARENT_CIRCLE";
    assert_eq!(shown, [(2, circle), (3, circle), (4, circle), (6, circle)], "{report}");
    assert!(report.problems[0].message.contains("a → b → c → a"), "{report}");
    let edges = report.kinds[&Kind::Relationship];
    assert_eq!((edges.read, edges.changed, edges.rejected), (6, 2, 4), "{report}");
    assert_eq!(report.kinds[&Kind::Twin].changed, 6, "{report}");
}

#[tokio::test]
async fn what_changed_places_over_time_is_no_circle() {
    let text = "id,parent,from,to\na,b,2024-01-01,2025-01-01\nb,,2024-01-01,2025-01-01\nb,a,2025-01-01,\na,,2025-01-01,\n";
    let input = Input::bytes("units.csv", text.as_bytes());
    let report = imported_twice(&[input], &[source(SOURCE)]).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.kinds[&Kind::Relationship].changed, 2, "{report}");
}
