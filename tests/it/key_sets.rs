//! Published keys: read from their issuer beside decisions, and kept whatever becomes of the issuer.

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use jsonwebtoken::Algorithm;
use usher_host::{AccessRequest, Catalog, Host, Release};

use crate::issuer::{Issuer, Mood, Signer, set};
use crate::support::SANDBOX;

fn release(number: u64, integration: &str) -> Release {
    Release::new(number, Catalog::parse(&format!("[jwt.a]\n{integration}\n")).unwrap()).unwrap()
}

fn host(integration: &str) -> Host {
    Host::new(Arc::clone(&SANDBOX), release(1, integration)).with_deadline(Duration::from_secs(60))
}

fn host_of(issuer: &Issuer) -> Host {
    host(&format!("jwks-url = '{}'", issuer.url))
}

/// Who a token proves, or why it proves nothing.
async fn decide(host: &Host, token: String) -> Result<String, String> {
    let decision = host.decide(&AccessRequest::jwt(token)).await.map_err(|error| error.to_string())?;
    Ok(decision.identity().identifier.clone())
}

#[track_caller]
fn believed(found: &Result<String, String>) {
    assert_eq!(found.as_deref(), Ok("reader-1"));
}

#[track_caller]
fn refused(found: &Result<String, String>, words: &str) {
    assert!(found.as_ref().is_err_and(|error| error.contains(words)), "{found:?}");
}

/// Keeps paused time from running ahead of an issuer, who answers in real time: it passes when a test says so.
fn still() -> mpsc::Sender<()> {
    let (hold, held) = mpsc::channel::<()>();
    tokio::task::spawn_blocking(move || held.recv().is_ok());
    hold
}

/// Lets the time between two attempts to read a set pass.
async fn wait() {
    tokio::time::advance(Duration::from_secs(10)).await;
}

#[tokio::test]
async fn a_key_is_taken_as_jwk_in_every_form() {
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
        let signer = Signer::new("k-1", algorithm);
        let text = host(&format!("jwk = '{}'", signer.jwk()));
        believed(&decide(&text, signer.token()).await);
        let table = signer
            .jwk()
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect::<Vec<_>>();
        believed(&decide(&host(&format!("jwk = {{ {} }}", table.join(", "))), signer.token()).await);
        let stranger = Signer::new("k-1", algorithm);
        refused(&decide(&text, stranger.token()).await, "not signed by a configured key");
        refused(&decide(&text, Signer::new("k-2", algorithm).token()).await, "no configured key accepts");
    }
}

#[tokio::test]
async fn a_key_has_one_algorithm() {
    let signer = Signer::new(None, Algorithm::RS256);
    let mut jwk = signer.jwk();
    jwk["alg"] = "PS256".into();
    let pinned = host(&format!("jwk = '{jwk}'"));
    believed(&decide(&pinned, signer.token_with(Algorithm::PS256)).await);
    refused(&decide(&pinned, signer.token()).await, "no configured key accepts a JWT with algorithm `RS256`");

    jwk.as_object_mut().unwrap().remove("alg");
    for (wanted, accepted) in [("", Algorithm::RS256), ("algorithm = 'RS512'\n", Algorithm::RS512)] {
        let host = host(&format!("{wanted}jwk = '{jwk}'"));
        believed(&decide(&host, signer.token_with(accepted)).await);
        refused(&decide(&host, signer.token_with(Algorithm::RS384)).await, "no configured key accepts");
    }
}

#[test]
fn a_key_that_cannot_verify_is_refused_with_its_line() {
    let ed = Signer::new(None, Algorithm::EdDSA).jwk();
    for (integration, words) in [
        (
            r#"jwk = '{"kty": "oct", "k": "c2VjcmV0"}'"#.to_owned(),
            "expected an RSA, P-256, P-384 or Ed25519 public key",
        ),
        (r#"jwk = '{"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"}'"#.to_owned(), "found `HS256`"),
        (r#"jwk = '{"kty": "RSA"}'"#.to_owned(), "expected an RSA, P-256, P-384 or Ed25519 public key"),
        (format!("jwk = '{ed}'\nalgorithm = 'RS256'"), "expected a key for RS256, found one for EdDSA"),
        (format!("jwk = '{}'", ed.to_string().replace('{', r#"{"use": "enc","#)), "expected a key for signatures"),
    ] {
        let catalog = Catalog::parse(&format!("[jwt.a]\n{integration}\n")).unwrap();
        let error = Release::new(1, catalog).unwrap_err();
        assert_eq!((error.line(), error.key()), (2, "jwt.a.jwk"));
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_found_when_a_token_names_it() {
    let _still = still();
    let (old, new) = (Signer::new("old", Algorithm::EdDSA), Signer::new("new", Algorithm::ES256));
    let issuer = Issuer::start(Mood::Says(set(&[&old])));
    let host = host_of(&issuer);
    believed(&decide(&host, old.token()).await);
    assert_eq!(issuer.asked(), 1);

    wait().await;
    issuer.set_mood(Mood::Says(set(&[&old, &new])));
    believed(&decide(&host, new.token()).await);
    believed(&decide(&host, old.token()).await);
    assert_eq!(issuer.asked(), 2);
    // A key that nobody has is looked for, but not again and again.
    for _ in 0..5 {
        refused(&decide(&host, Signer::new("made-up", Algorithm::EdDSA).token()).await, "no configured key accepts");
    }
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_last_good_keys_outlive_an_issuer_and_a_release() {
    let _still = still();
    let signer = Signer::new("k-1", Algorithm::EdDSA);
    let issuer = Issuer::start(Mood::Says(set(&[&signer])));
    let host = host_of(&issuer);
    believed(&decide(&host, signer.token()).await);
    for bad in [
        Mood::Fails,
        Mood::Floods,
        Mood::Says("no JSON".to_owned()),
        Mood::Says("{}".to_owned()),
        Mood::Says(set(&[])),
        Mood::Says(set(&vec![&signer; 101])),
    ] {
        issuer.set_mood(bad);
        let asked = issuer.asked();
        wait().await;
        let made_up = Signer::new("made-up", Algorithm::EdDSA);
        refused(&decide(&host, made_up.token()).await, "no configured key accepts");
        assert_eq!(issuer.asked(), asked + 1, "it was tried");
        believed(&decide(&host, signer.token()).await);
    }
    // Another release begins with the keys that are there.
    let asked = issuer.asked();
    host.swap(release(2, &format!("issuer = 'x'\njwks-url = '{}'", issuer.url)));
    refused(&decide(&host, signer.token()).await, "claim `iss`");
    host.swap(release(3, &format!("jwks-url = '{}'", issuer.url)));
    believed(&decide(&host, signer.token()).await);
    assert_eq!(issuer.asked(), asked);
}

#[tokio::test(start_paused = true)]
async fn a_set_that_was_never_read_says_so_until_it_is() {
    let _still = still();
    let signer = Signer::new("k-1", Algorithm::EdDSA);
    let issuer = Issuer::start(Mood::Fails);
    let host = host_of(&issuer);
    refused(&decide(&host, signer.token()).await, "its issuer's keys could not be read yet");
    issuer.set_mood(Mood::Says(set(&[&signer])));
    wait().await;
    believed(&decide(&host, signer.token()).await);
}

#[tokio::test]
async fn a_slow_issuer_holds_a_decision_up_for_a_moment_only() {
    let signer = Signer::new("k-1", Algorithm::EdDSA);
    let issuer = Issuer::start(Mood::Silent);
    let host = host_of(&issuer);
    refused(&decide(&host, signer.token()).await, "its issuer's keys could not be read yet");
}

/// Paused time runs ahead as soon as nothing else is to be done, so it says who has waited, and for how long.
#[tokio::test(start_paused = true)]
async fn an_issuer_that_hangs_holds_up_the_first_decisions_only() {
    let signer = Signer::new("k-1", Algorithm::EdDSA);
    let issuer = Issuer::start(Mood::Silent);
    let host = host_of(&issuer);
    let waited = async || {
        let asked = tokio::time::Instant::now();
        refused(&decide(&host, signer.token()).await, "its issuer's keys could not be read yet");
        asked.elapsed().as_millis()
    };
    let second = async {
        tokio::time::advance(Duration::from_millis(40)).await;
        waited().await
    };
    let (first, second) = tokio::join!(waited(), second);
    assert!((100..=105).contains(&first) && (60..=65).contains(&second), "{first} ms and {second} ms");
    for _ in 0..3 {
        assert_eq!(waited().await, 0, "a read is under way");
    }
}

/// The thread that waits for the issuer is not one that a program waits for.
#[test]
fn an_issuer_that_hangs_does_not_keep_a_runtime_from_ending() {
    let signer = Signer::new("k-1", Algorithm::EdDSA);
    let issuer = Issuer::start(Mood::Silent);
    let host = host_of(&issuer);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    refused(&runtime.block_on(decide(&host, signer.token())), "its issuer's keys could not be read yet");
    let ended = Instant::now();
    drop(runtime);
    // The issuer would be given up after five seconds.
    assert!(ended.elapsed() < Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn a_set_is_read_from_a_file_and_read_again() {
    let _still = still();
    let (old, new) = (Signer::new("old", Algorithm::ES256), Signer::new("new", Algorithm::ES256));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    std::fs::write(&file, set(&[&old])).unwrap();
    let host = host(&format!("jwks-file = '{}'\nalgorithm = 'ES256'", file.display()));
    believed(&decide(&host, old.token()).await);
    std::fs::write(&file, set(&[&new])).unwrap();
    wait().await;
    believed(&decide(&host, new.token()).await);
    // Ten minutes later a key that was taken back is gone without a token that asks for another.
    std::fs::write(&file, set(&[&old])).unwrap();
    tokio::time::advance(Duration::from_secs(601)).await;
    believed(&decide(&host, new.token()).await);
    believed(&decide(&host, old.token()).await);
    refused(&decide(&host, new.token()).await, "no configured key accepts");
}
