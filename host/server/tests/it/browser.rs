//! A real browser: a page of another origin asks for decisions as a site's script does, and can read what it is told.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;

use serde_json::{Value, json};

use crate::test_server::TestServer;

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const PAGE: &str = r#"<!doctype html><pre id="out"></pre><script>
const ask = async (key, identity) => {
  const answer = await fetch("URL/api/v1/surface-decisions", {
    method: "POST",
    credentials: "omit",
    headers: {"Authorization": `Bearer ${key}`, "Content-Type": "application/json", "X-MOS-Browser-Version": "1.1.0"},
    body: JSON.stringify({surfaceSlug: "page", identity, resource: {id: "a-1", meta: {}}}),
  });
  return {status: answer.status, decision: answer.headers.get("x-usher-decision"), body: await answer.json()};
};
(async () => {
  const out = {};
  try {
    out.minted = await ask("KEY", {createAnonymousIdentifier: true});
    out.known = await ask("KEY", {anonymousIdentifier: out.minted.body.identity.identifier});
    out.named = await ask("KEY", {userIdentifier: "ada"});
    out.unknown = await ask("pk_env_1_nobody", {createAnonymousIdentifier: true});
  } catch (error) { out.error = String(error); }
  document.getElementById("out").textContent = btoa(JSON.stringify(out));
})();
</script>"#;

/// The browser of this machine. None is a skip that is said aloud, or a failure where everything is required.
#[expect(clippy::print_stdout, reason = "a skip is said aloud")]
fn browser() -> Option<&'static str> {
    let runs =
        |browser: &&str| Command::new(browser).arg("--version").output().is_ok_and(|output| output.status.success());
    let found = BROWSERS.into_iter().find(runs);
    if found.is_none() {
        assert!(option_env!("USHER_REQUIRE_ALL").is_none(), "expected a browser, one of {BROWSERS:?}");
        println!("SKIPPED: no browser here, one of {BROWSERS:?}");
    }
    found
}

/// Serves one page to whoever asks, and returns where.
fn serve(page: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _head = stream.read(&mut [0; 4_096]);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                page.len()
            );
            let _gone = stream.write_all((head + &page).as_bytes());
        }
    });
    url
}

#[test]
fn a_page_of_another_origin_asks_and_reads_the_answers() {
    let Some(browser) = browser() else { return };
    let server = TestServer::start();
    server.publish("[plans.visitor]\nassign = ['anonymous']\n[surfaces.page.properties]\nlayout = 'wide'\n").ok();
    let page = PAGE.replace("URL", &format!("http://{}", server.address)).replace("KEY", &server.keys.public);
    let profile = tempfile::tempdir().unwrap();
    let flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
                 --disable-component-update --disable-sync --dump-dom --virtual-time-budget=20000 --timeout=60000";
    let output = Command::new(browser)
        .args(flags.split_whitespace())
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(serve(page))
        .output()
        .unwrap();
    let dom = String::from_utf8(output.stdout).unwrap();
    let encoded = dom.split_once("<pre id=\"out\">").and_then(|(_, rest)| rest.split_once("</pre>")).unwrap().0;
    let out: Value = serde_json::from_slice(&base64(encoded)).unwrap();
    assert_eq!(out["error"], Value::Null, "{out}");

    let (minted, known) = (&out["minted"], &out["known"]);
    assert_eq!((&minted["status"], &known["status"]), (&json!(200), &json!(200)));
    assert_eq!(minted["body"]["surfaceBehavior"], json!({"properties": {"layout": "wide"}}));
    assert_eq!(minted["decision"], minted["body"]["eventId"], "the header can be read");
    assert_eq!(known["body"]["identity"]["identifier"], minted["body"]["identity"]["identifier"]);
    assert_eq!(minted["body"].get("diagnostics"), None);
    assert_eq!((&out["named"]["status"], &out["unknown"]["status"]), (&json!(403), &json!(401)));
    assert_eq!(out["unknown"]["body"]["message"], "Invalid API key");
}

/// What the page wrote, which is plain base64.
fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.bytes().filter_map(|byte| ALPHABET.iter().position(|digit| *digit == byte));
    let bits: Vec<u8> = digits.flat_map(|digit| (0..6).rev().map(move |bit| u8::from(digit >> bit & 1 == 1))).collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect()
}
