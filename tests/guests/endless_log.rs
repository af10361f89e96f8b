//! Logs and logs.

use usher_guest::{Request, log, workflow};

#[workflow]
fn endless_log(_: &Request) -> [&'static str; 0] {
    loop {
        log::info("still here, and still talking about it");
    }
}
