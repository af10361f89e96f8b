//! The texts of a request, which a module may take in one place: it is told the same as one that gives each a place of its own.

use std::fs;

use usher_sandbox::request::{
    AuthType, BotCategory, BotTag, Context, Customer, DeviceClass, Http, Identity, Request, Resource, UserType, Utm,
};
use usher_sandbox::{Limits, Outcome, Run, Workflow};
use usher_tests::guests;

use crate::support::{SANDBOX, run, unhurried};

/// A module that an SDK built, and the same without the word in its manifest.
fn both() -> [Workflow; 2] {
    let word = b"\"keepsTexts\"";
    let as_built = fs::read(guests::TELLS_REQUEST).unwrap();
    let at = as_built.windows(word.len()).position(|window| window == word).expect("the SDK says so");
    let mut without = as_built.clone();
    without[at + 1] = b'K';
    [as_built, without].map(|wasm| {
        let artifact = SANDBOX.admit(&wasm).verdict.unwrap();
        SANDBOX.load(&artifact, Limits { fuel: 1 << 30, log_bytes: 1 << 20, ..unhurried() }).unwrap()
    })
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

/// Both runs: that of the module as built comes first.
async fn check(title: &str, workflows: &[Workflow; 2], request: Request) -> [Run; 2] {
    let [together, apart] = workflows;
    let runs = [run(together, request.clone()).await, run(apart, request).await];
    let told = |run: &Run| (run.slugs.clone(), run.log.to_string());
    assert_eq!(runs[0].outcome, Outcome::Ok, "{title}");
    assert_eq!(told(&runs[0]), told(&runs[1]), "{title}");
    runs
}

#[tokio::test]
async fn wherever_texts_are_a_workflow_is_told_the_same() {
    let workflows = both();
    let claims = |bytes: usize| Identity { claims: format!("\"{}\"", "x".repeat(bytes)), ..Identity::default() };
    let nothing = Identity { identifier: String::new(), claims: String::new(), ..Identity::default() };
    let cookies = (0..500).map(|number| (format!("name-{number}"), format!("value-{number}"))).collect();
    let [together, apart] = check("everything", &workflows, full()).await;
    assert!(together.fuel < apart.fuel, "it was asked for a place for each text: {} {}", together.fuel, apart.fuel);
    for (title, request) in [
        ("a nobody", Request::default()),
        ("no text at all", Request { identity: nothing, ..Request::default() }),
        ("one list", Request { http: full_http(), ..Request::default() }),
        ("less than the heap's room", Request { identity: claims(30_000), ..full() }),
        ("more than that", Request { identity: claims(40_000), ..full() }),
        ("more than memory had", Request { identity: claims(3 << 20), ..full() }),
        ("many cookies", Request { http: Http { cookies, ..Http::default() }, ..full() }),
    ] {
        check(title, &workflows, request).await;
    }
}
