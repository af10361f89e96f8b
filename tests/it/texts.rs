//! Where a request lies in a workflow's memory: in one piece, its texts in one place, or everything in places of their own. A module
//! is told the same.

use std::fs;

use usher_sandbox::request::{
    AuthType, BotCategory, BotTag, Context, Customer, DeviceClass, Http, Identity, Request, Resource, UserType, Utm,
};
use usher_sandbox::yardstick::as_component;
use usher_sandbox::{Limits, Outcome, Run, Workflow};
use usher_tests::guests;

use crate::support::{SANDBOX, run, unhurried};

/// What an SDK says of a module, and what this one can do.
const KEEPS_TEXTS: &str = "\"keepsTexts\"";
const PLACES_REQUESTS: &str = "usher-place-request";

/// A module that an SDK built, the same without one of these words and without both, and what the engine makes of the component.
fn all() -> [Workflow; 4] {
    let as_built = fs::read(guests::TELLS_REQUEST).unwrap();
    let apart = without(&as_built, PLACES_REQUESTS);
    let none = without(&apart, KEEPS_TEXTS);
    let component = as_component(&SANDBOX, &as_built).unwrap();
    let [as_built, apart, none] = [as_built, apart, none].map(|wasm| SANDBOX.admit(&wasm).verdict.unwrap());
    [as_built, apart, none, component]
        .map(|artifact| SANDBOX.load(&artifact, Limits { fuel: 1 << 30, log_bytes: 1 << 20, ..unhurried() }).unwrap())
}

/// A module that has another word in the place of this one, wherever it has it.
fn without(wasm: &[u8], word: &str) -> Vec<u8> {
    let (mut changed, mut found) = (wasm.to_vec(), false);
    for at in 0..wasm.len().saturating_sub(word.len()) {
        if wasm[at..].starts_with(word.as_bytes()) {
            changed[at + 1] ^= 0x20;
            found = true;
        }
    }
    assert!(found, "the SDK no longer says `{word}`");
    changed
}

/// A request that has everything, some of it more than once.
fn full() -> Request {
    Request {
        identity: Identity {
            auth_type: AuthType::Jwt,
            user_type: UserType::Authenticated,
            identifier: "reader-1".to_owned(),
            claims: r#"{"sub":"reader-1","name":"Zoë"}"#.to_owned(),
            test_group_100: 99,
        },
        context: full_context(),
        http: full_http(),
        resource: Some(Resource {
            id: "a-1".to_owned(),
            meta: vec![pair("og:type", "article")],
            extra: r#"{"n":1}"#.to_owned(),
        }),
        customer: Customer {
            is_customer: true,
            has_products: true,
            customer_identifiers: vec!["cus_1".to_owned()],
            product_ids: vec!["prod_1".to_owned(), String::new(), "prod_3".to_owned()],
        },
        instant: u64::MAX,
    }
}

fn full_context() -> Context {
    Context {
        bot_tags: vec![
            BotTag {
                category: Some(BotCategory::Aggregator),
                code: "ua".to_owned(),
                is_verified: true,
                operator: some("Google"),
                product: None,
            },
            BotTag { category: None, code: String::new(), is_verified: false, operator: None, product: some("Bot 2") },
        ],
        city: some("Köln"),
        continent: some("EU"),
        country_code: some("DE"),
        metro_code: some("501"),
        original_user_agent: some("curl/8"),
        postal_code: some("50667"),
        region: some("Nordrhein-Westfalen"),
        region_code: some("NW"),
        timezone: some("Europe/Berlin"),
        user_agent: some("Mozilla/5.0 😀"),
        is_eu_country: true,
        is_verified_bot_request: Some(false),
        latitude: Some(-0.0),
        longitude: Some(6.957_3),
        device_class: DeviceClass::Tv,
        product: some("curl"),
        utc_offset_seconds: Some(-12_600),
    }
}

fn full_http() -> Http {
    Http {
        url: some("https://a.example/?utm_source=s"),
        referer: some(""),
        utm: Utm { source: some("s"), medium: some("m"), campaign: some("c"), term: some("t"), content: some("n") },
        cookies: vec![pair("a", "1"), pair("", ""), pair("c", "3")],
        client_ip: some("192.0.2.1"),
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// The runs of all, in their order.
async fn check(title: &str, workflows: &[Workflow; 4], request: Request) -> [Run; 4] {
    let [as_built, apart, none, component] = workflows;
    let runs = [
        run(as_built, request.clone()).await,
        run(apart, request.clone()).await,
        run(none, request.clone()).await,
        run(component, request).await,
    ];
    let told = |run: &Run| (run.slugs.clone(), run.log.to_string());
    for run in &runs {
        assert_eq!(run.outcome, Outcome::Ok, "{title}");
        assert_eq!(told(run), told(&runs[3]), "{title}");
    }
    runs
}

#[tokio::test]
async fn wherever_a_request_lies_a_workflow_is_told_the_same() {
    let workflows = all();
    let claims = |bytes: usize| Identity { claims: format!("\"{}\"", "x".repeat(bytes)), ..Identity::default() };
    let nothing = Identity { identifier: String::new(), claims: String::new(), ..Identity::default() };
    let cookies = |count| (0..count).map(|number| (format!("name-{number}"), format!("value-{number}"))).collect();
    let runs = check("everything", &workflows, full()).await;
    let [as_built, apart, none, _] = runs.map(|run| run.fuel);
    assert!(
        as_built < apart && apart < none,
        "it was asked for more places than it has to be: {as_built} {apart} {none}"
    );
    for (title, request) in [
        ("a nobody", Request::default()),
        ("no text at all", Request { identity: nothing, ..Request::default() }),
        ("one list", Request { http: full_http(), ..Request::default() }),
        ("less than the heap's room", Request { identity: claims(30_000), ..full() }),
        ("more than that", Request { identity: claims(40_000), ..full() }),
        ("more than memory had", Request { identity: claims(3 << 20), ..full() }),
        ("many cookies", Request { http: Http { cookies: cookies(100), ..Http::default() }, ..full() }),
        (
            "more cookies than the heap's room",
            Request { http: Http { cookies: cookies(2_000), ..Http::default() }, ..full() },
        ),
    ] {
        check(title, &workflows, request).await;
    }
}
