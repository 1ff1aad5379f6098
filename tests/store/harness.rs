//! How a sentence is run on a store.

use std::sync::Arc;

use async_trait::async_trait;
use counterpart::store::{Store, StoreError};

/// A place where one store can live, opened any number of times, one after the other.
#[async_trait]
pub trait Place: Send + Sync {
    /// Opens the store.
    async fn open(&self) -> Result<Arc<dyn Store>, StoreError>;

    /// Runs a statement on the tables behind the store's back; `Err` is the database's refusal.
    async fn tamper(&self, sql: &str) -> Result<(), String>;

    /// Removes what is left.
    async fn clear(&self);
}

/// Makes a test of each sentence; a place that cannot be had here is skipped with a word.
macro_rules! sentences {
    ($place:expr; $($suite:ident: [$($sentence:ident),* $(,)?])*) => {$(
        mod $suite {
            $(
                #[tokio::test]
                async fn $sentence() {
                    let Some(place) = $place.await else { return };
                    crate::suite::$suite::$sentence(&place).await;
                    $crate::harness::Place::clear(&place).await;
                }
            )*
        }
    )*};
}

/// What every store promises.
macro_rules! every_store {
    ($place:expr) => {
        sentences! { $place;
            log: [
                an_empty_log_is_at_the_start,
                entries_come_back_in_order_and_in_pages,
                entries_with_decisions_are_found_without_the_others,
                the_hash_chain_recomputes_over_all_entries,
                position_at_is_the_last_entry_at_or_before_a_moment,
                positions_only_grow,
                recorded_times_never_go_back,
                a_refused_batch_leaves_nothing_behind,
                every_kind_of_change_comes_back,
                an_entry_with_nothing_new_is_not_kept,
                an_entry_keeps_only_its_new_readings,
                positions_that_nobody_can_know_are_after_everything,
            ]
            readings: [
                readings_are_counted_up_to_a_number,
                new_readings_are_all_inserted,
                readings_that_are_there_already_are_none_inserted,
                of_a_mixed_entry_the_new_ones_are_told,
                a_reading_twice_in_one_entry_counts_once,
                a_reading_in_two_entries_of_one_batch_belongs_to_the_first,
                every_value_comes_back_exactly,
                the_latest_is_the_greatest_whatever_the_order_of_arrival,
                history_is_told_as_it_was_known,
                windows_are_half_open_unless_unbounded,
                pages_have_neither_gaps_nor_repeats,
                sequences_are_unsigned,
                a_large_batch_is_inserted_whole,
            ]
            facts: [
                every_kind_of_fact_comes_back,
                ended_facts_stay_known,
                overlapping_facts_are_refused,
                facts_that_touch_are_not_in_the_way,
                what_one_entry_ends_another_fact_of_it_replaces,
                a_fact_is_ended_only_while_it_stands,
                stray_facts_are_refused,
                a_stream_is_opened_before_it_is_bound,
                a_stream_is_opened_once,
                many_facts_are_added_at_once,
            ]
            identity: [
                decisions_in_any_order_keep_their_promises,
            ]
            snapshot: [
                models_systems_and_streams_come_back_in_order,
                registers_come_back_as_they_were_kept,
                a_checkpoint_is_complete_only_when_it_says_so,
                a_failed_append_leaves_nothing_or_all,
                a_closed_store_refuses,
                any_history_comes_back,
                all_but_the_latest_readings_is_read_as_of_one_moment,
            ]
            staged: [
                what_is_staged_waits_until_it_is_forgotten,
                an_id_is_staged_once,
                staged_imports_are_no_part_of_the_log,
            ]
        }
    };
}

/// What stores that outlive their process promise besides.
macro_rules! every_lasting_store {
    ($place:expr) => {
        sentences! { $place;
            lasting: [
                all_is_there_when_it_is_opened_again,
                what_is_staged_waits_for_the_next_opener,
                the_chain_goes_on_after_it_is_opened_again,
                a_second_opener_is_told_that_it_is_locked,
                tables_of_a_newer_version_are_refused_and_left_alone,
                log_rows_cannot_be_changed,
                facts_are_ended_and_never_edited,
                the_tables_refuse_overlaps_themselves,
            ]
        }
    };
}
