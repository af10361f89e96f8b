//! User data: what is written comes back through the trait that decisions read.

use usher_host::{
    CounterQuery, CounterReading, CustomerRecord, IdentityLink, Period, Scope, User, UserData, UserDataView,
};
use usher_store::{Store, UserDataError};

use crate::fixture::{Place, on_each_database, user, view, view_for, visitor};

on_each_database! {
    a_customer_is_one_user,
    custom_data_is_per_user_key_and_scope,
    links_are_found_from_both_ends,
    what_no_reader_could_use_is_refused,
    what_cannot_be_kept_is_not_found_and_harms_no_other_read,
    the_longest_keys_are_told_apart,
    user_data_makes_no_release,
    a_store_that_cannot_answer_says_so,
    a_view_is_of_one_moment,
    a_stranger_stays_one_for_a_whole_view,
    a_view_for_a_stranger_reads_others,
    an_overview_has_everything_and_of_one_user,
}

fn record(products: &[&str]) -> CustomerRecord {
    CustomerRecord {
        customer_identifiers: vec!["cus_\"1\"".to_owned()],
        product_ids: products.iter().map(ToString::to_string).collect(),
    }
}

fn link(source: &User, target: &User, mode: &str) -> IdentityLink {
    IdentityLink { source: source.clone(), target: target.clone(), mode: mode.to_owned() }
}

async fn a_customer_is_one_user(place: Place) {
    let store = place.open().await;
    store.put_customer(&user("ada"), &record(&["old"])).await.unwrap();
    store.put_customer(&user("ada"), &record(&["a", "b"])).await.unwrap();
    assert_eq!(view(&store).await.customer(&user("ada")).await.unwrap(), Some(record(&["a", "b"])));
    assert_eq!(view(&store).await.customer(&visitor("ada")).await.unwrap(), None);
    assert_eq!(view(&store).await.customer(&user("Ada")).await.unwrap(), None);
    store.delete_customer(&user("ada")).await.unwrap();
    assert_eq!(view(&store).await.customer(&user("ada")).await.unwrap(), None);
}

async fn custom_data_is_per_user_key_and_scope(place: Place) {
    let store = place.open().await;
    let read = async |user: &User, key, scope| view(&store).await.custom_data(user, key, scope).await.unwrap();
    store.put_custom_data(&user("ada"), "trial", Scope::Brand, "0").await.unwrap();
    store.put_custom_data(&user("ada"), "trial", Scope::Brand, "{ \"left\": 1 }").await.unwrap();
    store.put_custom_data(&user("ada"), "trial", Scope::CrossBrand, "2").await.unwrap();
    assert_eq!(read(&user("ada"), "trial", Scope::Brand).await.as_deref(), Some("{ \"left\": 1 }"));
    assert_eq!(read(&user("ada"), "trial", Scope::CrossBrand).await.as_deref(), Some("2"));
    assert_eq!(read(&user("ada"), "other", Scope::Brand).await, None);
    assert_eq!(read(&visitor("ada"), "trial", Scope::Brand).await, None);

    store.delete_custom_data(&user("ada"), "trial", Scope::Brand).await.unwrap();
    store.delete_custom_data(&user("ada"), "trial", Scope::Brand).await.unwrap();
    assert_eq!(read(&user("ada"), "trial", Scope::Brand).await, None);
    assert_eq!(read(&user("ada"), "trial", Scope::CrossBrand).await.as_deref(), Some("2"));
}

async fn links_are_found_from_both_ends(place: Place) {
    let store = place.open().await;
    let (phone, laptop, ada) = (visitor("phone"), visitor("laptop"), user("ada"));
    store.put_link(&link(&phone, &ada, "copy_once")).await.unwrap();
    store.put_link(&link(&laptop, &ada, "copy_once")).await.unwrap();
    store.put_link(&link(&phone, &ada, "follow")).await.unwrap();
    let both = [link(&laptop, &ada, "copy_once"), link(&phone, &ada, "follow")];
    assert_eq!(view(&store).await.linked_sources(&ada).await.unwrap(), both);
    assert_eq!(view(&store).await.linked_targets(&phone).await.unwrap(), [link(&phone, &ada, "follow")]);
    assert_eq!(view(&store).await.linked_sources(&phone).await.unwrap(), []);

    store.delete_link(&ada, &phone).await.unwrap();
    assert_eq!(
        view(&store).await.linked_targets(&phone).await.unwrap().len(),
        1,
        "the other direction is another link"
    );
    store.delete_link(&phone, &ada).await.unwrap();
    assert_eq!(view(&store).await.linked_targets(&phone).await.unwrap(), []);
}

async fn what_no_reader_could_use_is_refused(place: Place) {
    let store: Store = place.open().await;
    let put = async |user: &User, key, json| store.put_custom_data(user, key, Scope::Brand, json).await.unwrap_err();
    assert!(matches!(put(&user(""), "key", "1").await, UserDataError::Identifier { .. }));
    assert!(matches!(put(&user("ada"), "", "1").await, UserDataError::Key { characters: 0 }));
    assert!(matches!(put(&user("ada"), "key", "{").await, UserDataError::NotJson { .. }));
    assert!(matches!(put(&user("ada"), "k\0y", "1").await, UserDataError::Nul { .. }));

    let long = "x".repeat(70_000);
    let error = store.put_customer(&user("ada"), &record(&[&long])).await.unwrap_err();
    assert!(matches!(error, UserDataError::TooLarge { what: "product ids", .. }), "{error:?}");
    let error = store.put_link(&link(&visitor("phone"), &user("ada"), "")).await.unwrap_err();
    assert!(matches!(error, UserDataError::Mode { characters: 0 }), "{error:?}");
}

/// Workflows ask for whatever they like, and others of the same decision have answers to get after them.
async fn what_cannot_be_kept_is_not_found_and_harms_no_other_read(place: Place) {
    let store = place.open().await;
    let (ada, odd) = (user("ada"), user("a\0da"));
    store.put_customer(&ada, &record(&["a"])).await.unwrap();
    let moment = view(&store).await;
    assert_eq!(moment.custom_data(&ada, "tri\0al", Scope::Brand).await.unwrap(), None);
    assert_eq!(moment.customer(&odd).await.unwrap(), None);
    assert_eq!(moment.linked_sources(&odd).await.unwrap(), []);
    assert_eq!(moment.linked_targets(&odd).await.unwrap(), []);
    let query = |counter_id, resource_id| CounterQuery {
        counter_id,
        per: Period::Lifetime,
        since_ms: 0,
        unique_resources: true,
        resource_id: Some(resource_id),
    };
    let queries = [query("re\0ads", "a"), query("reads", "a\0")];
    assert_eq!(moment.counters(&ada, &queries).await.unwrap(), [CounterReading::default(); 2]);
    assert_eq!(moment.customer(&ada).await.unwrap(), Some(record(&["a"])));

    store.delete_customer(&odd).await.unwrap();
    store.delete_custom_data(&ada, "tri\0al", Scope::Brand).await.unwrap();
    store.delete_link(&odd, &ada).await.unwrap();
}

async fn the_longest_keys_are_told_apart(place: Place) {
    let store = place.open().await;
    // Four bytes each, of which none comes twice in a row.
    let longest = |last: char| -> String {
        ('\u{10000}'..).step_by(97).filter(|char| char.is_alphabetic()).take(998).chain([last]).collect()
    };
    let (one, other) = (longest('a'), longest('b'));
    for (key, json) in [(&one, "0"), (&one, "1"), (&other, "2")] {
        store.put_custom_data(&user("ada"), key, Scope::Brand, json).await.unwrap();
    }
    for (key, json) in [(&one, Some("1")), (&other, Some("2"))] {
        let found = view(&store).await.custom_data(&user("ada"), key, Scope::Brand).await.unwrap();
        assert_eq!(found.as_deref(), json);
    }
    store.delete_custom_data(&user("ada"), &one, Scope::Brand).await.unwrap();
    assert_eq!(view(&store).await.custom_data(&user("ada"), &one, Scope::Brand).await.unwrap(), None);
}

async fn user_data_makes_no_release(place: Place) {
    let store = place.open().await;
    store.put_custom_data(&user("ada"), "trial", Scope::Brand, "1").await.unwrap();
    assert_eq!(store.snapshot().await.unwrap().release, 0);
}

async fn a_store_that_cannot_answer_says_so(place: Place) {
    let store = place.open().await;
    store.put_custom_data(&user("ada"), "trial", Scope::Brand, "1").await.unwrap();
    store.clone().close().await;
    let error = store.view(&user("ada")).await.unwrap_err();
    assert!(error.to_string().starts_with("user data cannot be read now"), "{error}");
}

async fn a_view_is_of_one_moment(place: Place) {
    let store = place.open().await;
    store.put_customer(&user("ada"), &record(&["before"])).await.unwrap();
    let put = async |json| store.put_custom_data(&user("ada"), "trial", Scope::Brand, json).await.unwrap();
    put("1").await;

    let moment = view(&store).await;
    assert_eq!(moment.customer(&user("ada")).await.unwrap(), Some(record(&["before"])));
    put("2").await;
    let read = async |view: &dyn UserDataView| view.custom_data(&user("ada"), "trial", Scope::Brand).await.unwrap();
    assert_eq!(read(&*moment).await.as_deref(), Some("1"), "this view began before the change");
    assert_eq!(read(&*view(&store).await).await.as_deref(), Some("2"));
}

async fn a_stranger_stays_one_for_a_whole_view(place: Place) {
    let store = place.open().await;
    let (ada, bob) = (user("ada"), user("bob"));
    let moment = view_for(&store, &ada).await;
    assert_eq!(moment.customer(&ada).await.unwrap(), None);
    store.put_customer(&ada, &record(&["new"])).await.unwrap();
    store.put_customer(&bob, &record(&["bobs"])).await.unwrap();

    assert_eq!(moment.customer(&ada).await.unwrap(), None, "this view began before the change");
    // What is known of bob is from after it: together with what was said of ada it never was true.
    match moment.customer(&bob).await {
        Ok(known) => assert_eq!(known, None),
        Err(error) => assert!(error.to_string().starts_with("user data cannot be read now"), "{error}"),
    }
    assert_eq!(view_for(&store, &ada).await.customer(&ada).await.unwrap(), Some(record(&["new"])));
}

async fn a_view_for_a_stranger_reads_others(place: Place) {
    let store = place.open().await;
    let (ada, bob) = (user("ada"), user("bob"));
    store.put_customer(&bob, &record(&["before"])).await.unwrap();
    let moment = view_for(&store, &ada).await;
    assert_eq!(moment.linked_targets(&ada).await.unwrap(), []);
    assert_eq!(moment.customer(&bob).await.unwrap(), Some(record(&["before"])));
    store.put_customer(&bob, &record(&["after"])).await.unwrap();
    store.put_custom_data(&ada, "trial", Scope::Brand, "1").await.unwrap();
    assert_eq!(moment.customer(&bob).await.unwrap(), Some(record(&["before"])));
    assert_eq!(moment.custom_data(&ada, "trial", Scope::Brand).await.unwrap(), None);
}

async fn an_overview_has_everything_and_of_one_user(place: Place) {
    let store = place.open().await;
    let (ada, phone) = (user("ada"), visitor("phone"));
    store.put_customer(&ada, &record(&["a"])).await.unwrap();
    store.put_custom_data(&ada, "trial", Scope::CrossBrand, "[1]").await.unwrap();
    store.put_custom_data(&phone, "trial", Scope::Brand, "2").await.unwrap();
    store.put_link(&link(&phone, &ada, "copy_once")).await.unwrap();

    let overview = store.user_overview(&ada).await.unwrap();
    assert_eq!(overview.customer, Some(record(&["a"])));
    let data: Vec<_> = overview.custom_data.iter().map(|datum| (datum.key.as_str(), datum.json.as_str())).collect();
    assert_eq!(data, [("trial", "[1]")]);
    assert_eq!((overview.linked_sources.len(), overview.linked_targets.len()), (1, 0));
    let nobody = store.user_overview(&user("nobody")).await.unwrap();
    assert_eq!((nobody.customer, nobody.custom_data, nobody.counters), (None, vec![], vec![]));
}
