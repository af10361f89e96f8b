//! Counters: what is counted is there, in its periods, once.

use usher_decision::Calendar;
use usher_host::{CounterQuery, CounterReading, CounterUpdate, Period};
use usher_store::{CounterError, IdempotencyKey, Store};

use crate::fixture::{Place, on_each_database, user, view, visitor};

on_each_database! {
    each_period_counts_for_itself,
    a_counter_stays_between_zero_and_what_json_can_hold,
    a_resource_counts_once_in_a_period,
    counters_belong_to_one_user,
    an_update_that_is_sent_again_counts_once,
}
on_each_database! {
    in threads:
    a_hundred_at_once_lose_nothing,
}

const COUNTER: &str = "default:feat_article.enabled";
const HOUR_MS: u64 = 3_600_000;
/// Monday, 2026-03-02T10:00:00Z.
pub(crate) const MONDAY_MS: u64 = 1_772_445_600_000;

pub(crate) fn update(units: i64, resource: Option<&str>, at_ms: u64) -> CounterUpdate {
    let periods = [Period::Lifetime, Period::Hour, Period::Day, Period::Week, Period::Month];
    CounterUpdate {
        user: user("ada"),
        counter_id: COUNTER.to_owned(),
        resource_id: resource.map(ToOwned::to_owned),
        update: units,
        at_ms,
        periods: periods.map(|per| (per, Calendar::default().start_of(per, at_ms))).into(),
    }
}

async fn count(store: &Store, units: i64, resource: Option<&str>, at_ms: u64) {
    store.update_counter(&update(units, resource, at_ms), None).await.unwrap();
}

async fn read(store: &Store, per: Period, resource: Option<&str>, at_ms: u64) -> CounterReading {
    let since_ms = Calendar::default().start_of(per, at_ms);
    let query = CounterQuery {
        counter_id: COUNTER,
        per,
        since_ms,
        unique_resources: resource.is_some(),
        resource_id: resource,
    };
    *view(store).await.counters(&user("ada"), &[query]).await.unwrap().first().unwrap()
}

pub(crate) async fn units(store: &Store, per: Period, at_ms: u64) -> u64 {
    read(store, per, None, at_ms).await.units
}

async fn each_period_counts_for_itself(place: Place) {
    let store = place.open().await;
    count(&store, 2, None, MONDAY_MS).await;
    count(&store, 1, None, MONDAY_MS + HOUR_MS).await;
    for (later_ms, per, expected) in [
        (HOUR_MS, Period::Hour, 1),
        (2 * HOUR_MS, Period::Hour, 0),
        (2 * HOUR_MS, Period::Day, 3),
        (24 * HOUR_MS, Period::Day, 0),
        (24 * HOUR_MS, Period::Week, 3),
        (7 * 24 * HOUR_MS, Period::Week, 0),
        (7 * 24 * HOUR_MS, Period::Month, 3),
        (31 * 24 * HOUR_MS, Period::Month, 0),
        (9_000 * 24 * HOUR_MS, Period::Lifetime, 3),
    ] {
        assert_eq!(units(&store, per, MONDAY_MS + later_ms).await, expected, "{per} {later_ms}");
    }
    // A new period begins with what is counted in it.
    count(&store, 5, None, MONDAY_MS + 24 * HOUR_MS).await;
    assert_eq!(units(&store, Period::Day, MONDAY_MS + 24 * HOUR_MS).await, 5);
    assert_eq!(units(&store, Period::Lifetime, MONDAY_MS).await, 8);
}

async fn a_counter_stays_between_zero_and_what_json_can_hold(place: Place) {
    let store = place.open().await;
    count(&store, -3, None, MONDAY_MS).await;
    assert_eq!(units(&store, Period::Day, MONDAY_MS).await, 0);
    count(&store, 5, None, MONDAY_MS).await;
    count(&store, -2, None, MONDAY_MS).await;
    assert_eq!(units(&store, Period::Day, MONDAY_MS).await, 3);
    count(&store, -9, None, MONDAY_MS).await;
    assert_eq!(units(&store, Period::Day, MONDAY_MS).await, 0);
    count(&store, 9_007_199_254_740_990, None, MONDAY_MS).await;
    count(&store, 5, None, MONDAY_MS).await;
    assert_eq!(units(&store, Period::Day, MONDAY_MS).await, 9_007_199_254_740_991);
}

async fn a_resource_counts_once_in_a_period(place: Place) {
    let store = place.open().await;
    let reading = |units, resource_used| CounterReading { units, resource_used };
    count(&store, 1, Some("a-1"), MONDAY_MS).await;
    count(&store, 4, Some("a-1"), MONDAY_MS + HOUR_MS).await;
    count(&store, 1, Some("a-2"), MONDAY_MS + HOUR_MS).await;
    let now = MONDAY_MS + HOUR_MS;
    assert_eq!(read(&store, Period::Day, Some("a-1"), now).await, reading(2, true));
    assert_eq!(read(&store, Period::Day, Some("a-3"), now).await, reading(2, false));
    assert_eq!(units(&store, Period::Day, now).await, 6, "every use, for who counts uses");

    let tomorrow = MONDAY_MS + 24 * HOUR_MS;
    assert_eq!(read(&store, Period::Day, Some("a-1"), tomorrow).await, reading(0, false));
    assert_eq!(read(&store, Period::Week, Some("a-1"), tomorrow).await, reading(2, true));
    count(&store, 1, Some("a-1"), tomorrow).await;
    assert_eq!(read(&store, Period::Day, Some("a-1"), tomorrow).await, reading(1, true));
    assert_eq!(read(&store, Period::Week, Some("a-1"), tomorrow).await, reading(2, true));

    // Taken back, it is as if it had never been used.
    count(&store, -1, Some("a-1"), tomorrow).await;
    assert_eq!(read(&store, Period::Day, Some("a-1"), tomorrow).await, reading(0, false));
    assert_eq!(read(&store, Period::Week, Some("a-1"), tomorrow).await, reading(1, false));
    count(&store, -1, Some("a-1"), tomorrow).await;
    assert_eq!(read(&store, Period::Week, Some("a-1"), tomorrow).await, reading(1, false));
}

async fn counters_belong_to_one_user(place: Place) {
    let store = place.open().await;
    count(&store, 1, None, MONDAY_MS).await;
    let query = CounterQuery {
        counter_id: COUNTER,
        per: Period::Lifetime,
        since_ms: 0,
        unique_resources: false,
        resource_id: None,
    };
    let other = CounterQuery { counter_id: "custom", ..query };
    let moment = view(&store).await;
    assert_eq!(moment.counters(&visitor("ada"), &[query]).await.unwrap(), [CounterReading::default()]);
    let both = moment.counters(&user("ada"), &[other, query]).await.unwrap();
    assert_eq!(both.iter().map(|reading| reading.units).collect::<Vec<_>>(), [0, 1]);
}

async fn an_update_that_is_sent_again_counts_once(place: Place) {
    const DAY_MS: u64 = 24 * HOUR_MS;
    let store = place.open().await;
    let key = IdempotencyKey::of("one");
    let keyed = async |units, at_ms| store.update_counter(&update(units, None, at_ms), Some(&key)).await;
    keyed(1, MONDAY_MS).await.unwrap();
    keyed(1, MONDAY_MS + DAY_MS).await.unwrap();
    assert_eq!(units(&store, Period::Lifetime, MONDAY_MS).await, 1);
    assert!(matches!(keyed(2, MONDAY_MS).await, Err(CounterError::KeyReused)));
    assert_eq!(units(&store, Period::Lifetime, MONDAY_MS).await, 1);
    // A day later it is forgotten.
    keyed(2, MONDAY_MS + DAY_MS + 1).await.unwrap();
    assert_eq!(units(&store, Period::Lifetime, MONDAY_MS).await, 3);
}

async fn a_hundred_at_once_lose_nothing(place: Place) {
    let store = place.open().await;
    let updates: Vec<_> = (0..100)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                // Half of them come twice.
                let key = IdempotencyKey::of(&(number / 2 * 2).to_string());
                let key = (number % 4 < 2).then_some(&key);
                store.update_counter(&update(1, None, MONDAY_MS), key).await.unwrap();
            })
        })
        .collect();
    for update in updates {
        update.await.unwrap();
    }
    assert_eq!(units(&store, Period::Hour, MONDAY_MS).await, 75);

    drop(store);
    assert_eq!(units(&place.open().await, Period::Hour, MONDAY_MS).await, 75);
}
