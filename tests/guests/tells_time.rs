//! Reads both clocks and the seed of hashes, as the standard library does for most who use it at all.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::time::{Instant, SystemTime};

use usher_guest::{Request, workflow};

#[workflow]
#[expect(clippy::disallowed_methods, reason = "reading the clock is what this guest is for")]
fn tells_time(request: &Request) -> Vec<String> {
    let steady = Instant::now();
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mut map = HashMap::new();
    map.insert(request.identity().identifier.clone(), since_epoch.as_millis());
    let hash = map.hasher().hash_one("reader");
    let mut slugs: Vec<_> = map.into_iter().map(|(name, millis)| format!("{name}-{millis}")).collect();
    slugs.extend([format!("passed-{}", steady.elapsed().as_nanos()), format!("hash-{hash:016x}")]);
    slugs
}
