//! A small page about one twin, for the frame in which clients show it.

use std::fmt::Write;

use crate::curation::Curator;
use crate::domain::id::TwinId;
use crate::domain::naming::display_name;
use crate::domain::view::View;

/// Most ids and properties that fit into the frame.
const ROWS_MAX: usize = 12;

/// The page, or nothing when there is no such twin.
pub fn page(curation: &Curator, twin: TwinId) -> Option<String> {
    let scope = curation.engine().scope(None, None);
    curation.engine().read(|state| {
        let view = View { state, scope };
        // Who reconciled with a twin that was merged since is shown what it became.
        let twin = view.current(twin);
        let (_, existence) = view.twin(twin)?;
        let mut rows = vec![("model".to_owned(), existence.value.model.to_string())];
        let place = view.places(twin).into_iter().map(|place| display_name(&view, place));
        let place: Vec<String> = place.collect();
        if !place.is_empty() {
            rows.push(("place".to_owned(), place.join(" / ")));
        }
        let ids = view.external_ids(twin).into_iter();
        rows.extend(
            ids.map(|(external, _)| (external.system.to_string(), external.id.to_string())),
        );
        rows.extend(view.properties(twin).into_iter().map(|(path, golden)| {
            let value = golden.value;
            (path.to_string(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        }));
        rows.truncate(ROWS_MAX);
        Some(html(&display_name(&view, twin), &rows))
    })
}

fn html(name: &str, rows: &[(String, String)]) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{name}</title>\
         <style>body{{font:13px system-ui,sans-serif;margin:8px}}h1{{font-size:15px;margin:0 0 6px}}\
         td{{padding:1px 8px 1px 0;vertical-align:top;overflow-wrap:anywhere}}\
         td:first-child{{color:#666}}</style></head><body><h1>{name}</h1><table>",
        name = escaped(name)
    );
    for (label, value) in rows {
        // Writing to a string cannot fail.
        let _ = write!(page, "<tr><td>{}</td><td>{}</td></tr>", escaped(label), escaped(value));
    }
    page.push_str("</table></body></html>");
    page
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
