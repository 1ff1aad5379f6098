//! Imports that wait.

use counterpart::store::{StagedRow, StoreError};
use uuid::Uuid;

use super::log::whole_log;
use crate::build::*;
use crate::harness::Place;

pub fn row(id: u128) -> StagedRow {
    StagedRow { id: Uuid::from_u128(id), about: awkward().to_string() }
}

/// More than fits into one row of any table of ours.
pub fn content() -> Vec<u8> {
    (0..(2 << 20) + 1).map(|n: u32| (n % 251) as u8).collect()
}

pub async fn what_is_staged_waits_until_it_is_forgotten(place: &dyn Place) {
    let store = place.open().await.unwrap();
    assert_eq!(store.staged().await.unwrap(), []);
    store.stage(&row(2), &content()).await.unwrap();
    store.stage(&row(1), &[]).await.unwrap();
    assert_eq!(store.staged().await.unwrap(), [row(1), row(2)]);
    assert_eq!(store.staged_content(row(1).id).await.unwrap(), Some(Vec::new()));
    assert!(store.staged_content(row(2).id).await.unwrap() == Some(content()));
    assert_eq!(store.staged_content(row(3).id).await.unwrap(), None);
    assert!(store.unstage(row(2).id).await.unwrap());
    assert!(!store.unstage(row(2).id).await.unwrap());
    assert_eq!(store.staged_content(row(2).id).await.unwrap(), None);
    assert_eq!(store.staged().await.unwrap(), [row(1)]);
}

pub async fn an_id_is_staged_once(place: &dyn Place) {
    let store = place.open().await.unwrap();
    store.stage(&row(1), b"first").await.unwrap();
    let again = StagedRow { about: "{}".to_owned(), ..row(1) };
    let refused = store.stage(&again, b"second").await;
    assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    assert_eq!(store.staged().await.unwrap(), [row(1)]);
    assert_eq!(store.staged_content(row(1).id).await.unwrap().as_deref(), Some(&b"first"[..]));
}

pub async fn staged_imports_are_no_part_of_the_log(place: &dyn Place) {
    let store = place.open().await.unwrap();
    store.append(&[changes(1, [system("erp", "ERP")])]).await.unwrap();
    let before = format!("{:?}", store.load().await.unwrap());
    store.stage(&row(1), &content()).await.unwrap();
    assert_eq!(format!("{:?}", store.load().await.unwrap()), before);
    store.append(&[changes(2, [system("mes", "MES")])]).await.unwrap();
    store.unstage(row(1).id).await.unwrap();
    store.append(&[changes(3, [system("mes", "The MES")])]).await.unwrap();
    assert_eq!(whole_log(store.as_ref()).await.len(), 3);
}
