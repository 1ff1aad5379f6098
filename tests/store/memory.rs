//! The store in memory.

use std::sync::Arc;

use async_trait::async_trait;
use counterpart::store::{MemoryStore, Store, StoreError};

use crate::harness::Place;

struct Memory(Arc<MemoryStore>);

impl Memory {
    async fn place() -> Option<Self> {
        Some(Self(Arc::new(MemoryStore::new())))
    }
}

#[async_trait]
impl Place for Memory {
    async fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        Ok(self.0.clone())
    }

    async fn tamper(&self, _: &str) -> Result<(), String> {
        Err("memory has no tables behind the store's back".to_owned())
    }

    async fn clear(&self) {}
}

every_store!(super::Memory::place());
