//! Logs what it is told, as far as a log goes, and returns how long all of it is and a hash of it.

use std::hash::{DefaultHasher, Hash, Hasher};

use usher_guest::{Request, log, workflow};

#[workflow]
fn tells_request(request: &Request) -> [String; 2] {
    let told = format!("{request:?}");
    log::info(told.get(..told.floor_char_boundary(16 << 10)).unwrap_or_default());
    let mut hasher = DefaultHasher::new();
    told.hash(&mut hasher);
    [format!("{}-bytes", told.len()), format!("{:016x}", hasher.finish())]
}
