//! `usher push`, as far as it comes without a workflow.

use crate::usher::{Served, check_failure, file};

#[test]
fn the_servers_words_are_passed_on() {
    let folder = tempfile::tempdir().unwrap();
    let module = file(&folder, "garbage.wasm", "hello");
    let mut served = Served::start(&folder.path().join("data"), &[]);
    let secret = served.value("USHER_SECRET_KEY");
    let (_public, admin) = (served.value("USHER_PUBLIC_KEY"), served.value("USHER_ADMIN_KEY"));
    let url = served.url.clone();
    let push = |key: &str, code: i32, message: &str| {
        check_failure(&["push", &module, "--slug", "trial", "--url", &url, "--key", key], code, message);
    };
    push(&admin, 1, "error: the file is not WebAssembly");
    push(&secret, 1, "error: expected an admin key here");
    push("ak_env_1_x", 1, "error: Invalid API key");
    let module = file(&folder, "large.wasm", vec![0; (16 << 20) + 1]);
    let push = |key: &str, message: &str| {
        check_failure(&["push", &module, "--slug", "trial", "--url", &url, "--key", key], 1, message);
    };
    push(&admin, "error: the body has more than the 16777216 bytes allowed");
    push("ak_env_1_x", "error: Invalid API key");
}

#[test]
fn what_cannot_be_sent_is_said_before() {
    let folder = tempfile::tempdir().unwrap();
    let module = file(&folder, "garbage.wasm", "hello");
    let push = |module: &str, slug: &str, code: i32, message: &str| {
        // Nobody listens on port 1.
        let arguments = ["push", module, "--slug", slug, "--url", "http://127.0.0.1:1", "--key", "ak_env_1_x"];
        check_failure(&arguments, code, message);
    };
    push(&module, "trial", 1, "error: the server at `http://127.0.0.1:1` cannot be asked");
    push("none.wasm", "trial", 1, "error: the module `none.wasm` cannot be read");
    push(&module, "-a/b", 2, "--slug");
    check_failure(&["push", &module], 2, "--slug");
}
