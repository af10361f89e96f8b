//! Eight visitors, and what the server says of each: which plans, from where, and what they come to.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::api::Api;
use crate::operator::TRIAL_READER;
use crate::workflows::newsroom;

/// Somebody who comes to the newsroom.
pub(crate) struct Visitor {
    who: &'static str,
    request: Value,
}

pub(crate) fn all() -> Result<Vec<Visitor>> {
    let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";
    let new = json!({"createAnonymousIdentifier": true});
    let premium = json!({"sub": "reader-1", "tier": "premium", "entitlements": ["archive"]});
    let texan = json!({"sub": "reader-2", "tier": "premium"});
    let reporter = json!({"sub": "reporter-1", "roles": ["reporter"]});
    let from = |cf: Value| json!({"cf": cf});
    let visitor = |who, request| Visitor { who, request };
    Ok(vec![
        visitor(
            "A new visitor in Berlin, on a phone",
            json!({
                "identity": new, "http": {"url": "https://news.example/", "userAgent": phone},
                "cloudflare": from(json!({"country": "DE", "isEUCountry": "1", "timezone": "Europe/Berlin"})),
            }),
        ),
        visitor("A premium member with the archive pass", json!({"identity": {"userJwt": token(premium)?}})),
        visitor(
            "A premium member in Texas, where the sports rights were sold",
            json!({
                "identity": {"userJwt": token(texan)?},
                "cloudflare": from(json!({"country": "US", "regionCode": "TX", "timezone": "America/Chicago"})),
            }),
        ),
        visitor("A reporter of the house", json!({"identity": {"userJwt": token(reporter)?}})),
        visitor(
            "A verified search crawler",
            json!({
                "identity": {"anonymousIdentifier": "crawler-1"},
                "cloudflare": from(json!({"verifiedBotCategory": "Search Engine Crawler"})),
            }),
        ),
        visitor(
            "A verified AI crawler without a licence",
            json!({
                "identity": {"anonymousIdentifier": "crawler-2"},
                "cloudflare": from(json!({"verifiedBotCategory": "AI Crawler"})),
            }),
        ),
        visitor(
            "A reader who comes from the newsletter",
            json!({
                "identity": {"anonymousIdentifier": "reader-3"},
                "http": {"url": "https://news.example/politics?utm_source=newsletter&utm_medium=email"},
            }),
        ),
        visitor("A reader whose trial began at a sister paper", json!({"identity": {"userIdentifier": TRIAL_READER}})),
    ])
}

/// A token as the newsroom's accounts service would sign it.
fn token(mut claims: Value) -> Result<String> {
    #[expect(clippy::disallowed_methods, reason = "the accounts service has a clock of its own")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let common =
        [("iss", json!("https://accounts.newsroom.example")), ("aud", json!("newsroom")), ("exp", json!(now + 600))];
    let object = claims.as_object_mut().context("claims are an object")?;
    object.extend(common.map(|(name, value)| (name.to_owned(), value)));
    let key = EncodingKey::from_ec_pem(&fs::read(newsroom().join("demo-signing-key.pem"))?)?;
    Ok(encode(&Header::new(Algorithm::ES256), &claims, &key)?)
}

/// Asks about a visitor and prints the answer.
#[expect(clippy::print_stdout, reason = "a demo is there to print")]
pub(crate) fn ask(api: &Api, visitor: &Visitor) -> Result<()> {
    let answer = api.post("/api/v1/access-checks", &visitor.request)?;
    println!("\n{}", visitor.who);
    for plan in at(&answer, "/diagnostics/plans").as_array().into_iter().flatten() {
        println!("  {:<18} because of {}", text(plan, "/slug"), text(plan, "/origin"));
    }
    let value = |property: &str| {
        let (feature, property) = property.split_once('.').unwrap_or_default();
        at(&answer, &format!("/features/{feature}/properties/{property}"))
    };
    let articles = match value("article.enabled") {
        meter if at(meter, "/hasAccess") == false => "none".to_owned(),
        meter if at(meter, "/totalUnits").is_null() => "all".to_owned(),
        meter => format!("{} a period", at(meter, "/totalUnits")),
    };
    println!(
        "  → articles: {articles}, {}; ads: {}; archive: {} years; video: {}; live sport: {}; tracking: {}",
        text(value("article.length"), "/value"),
        at(value("article.ads"), "/value"),
        at(value("archive.years"), "/value"),
        text(value("video.quality"), "/value"),
        at(value("live-sport.available"), "/value"),
        at(value("tracking.personalized"), "/value"),
    );
    if at(&answer, "/diagnostics/degraded") == true {
        println!("  ! degraded: {}", at(&answer, "/diagnostics/degradedBecause"));
    }
    Ok(())
}

/// What lies at a path of an answer; null when nothing does.
fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    value.pointer(path).unwrap_or(&Value::Null)
}

fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    at(value, path).as_str().unwrap_or_default()
}
