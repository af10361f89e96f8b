//! The manifest: what a module says of itself, in a custom section that the host reads before anything runs. It is made
//! while the author's crate compiles, so it costs a decision nothing.

use std::mem;

/// The version of `wit/` that this SDK speaks.
const CONTRACT: &str = "0.1.0";
/// The most bytes that a host reads.
const MOST_BYTES: usize = 64 << 10;
/// The longest slug that a host takes.
const LONGEST_SLUG: usize = 64;

/// What the SDK does not know by itself.
#[derive(Debug)]
pub struct Manifest<'a> {
    /// The author's name for the workflow: that of the crate, whose letters need no escaping in JSON.
    pub workflow: &'a str,
    /// Every plan it can answer with, if its types tell.
    pub plans: Option<&'a [&'a str]>,
}

impl Manifest<'_> {
    /// How many bytes it has.
    #[must_use]
    pub const fn length(&self) -> usize {
        let mut counted = Writer { free: &mut [], length: 0 };
        self.write(&mut counted);
        counted.length
    }

    /// The manifest as JSON. `LENGTH` is its [`length`](Self::length).
    ///
    /// # Panics
    ///
    /// The plans are more than a host would read. The author's compiler is what sees it.
    #[must_use]
    pub const fn to_json<const LENGTH: usize>(&self) -> [u8; LENGTH] {
        assert!(LENGTH <= MOST_BYTES, "a manifest has at most 64 KiB, and these plans need more");
        let mut json = [0; LENGTH];
        self.write(&mut Writer { free: &mut json, length: 0 });
        json
    }

    const fn write(&self, to: &mut Writer<'_>) {
        to.text("{\"contract\":\"");
        to.text(CONTRACT);
        to.text("\",\"sdk\":{\"name\":\"");
        to.text(env!("CARGO_PKG_NAME"));
        to.text("\",\"version\":\"");
        to.text(env!("CARGO_PKG_VERSION"));
        to.text("\"},\"workflow\":\"");
        to.text(self.workflow);
        to.text("\"");
        if let Some(plans) = self.plans {
            to.text(",\"plans\":[");
            to.list(plans);
            to.text("]");
        }
        // `run::begin` has it that nothing of a request is given back to an allocator.
        to.text(",\"keepsTexts\":true}");
    }
}

/// Writes as far as there is room, and counts all.
struct Writer<'a> {
    free: &'a mut [u8],
    length: usize,
}

impl Writer<'_> {
    #[expect(clippy::mem_replace_with_default, reason = "`mem::take` is no constant function")]
    const fn text(&mut self, text: &str) {
        let mut text = text.as_bytes();
        while let [byte, rest @ ..] = text {
            if let Some((place, free)) = mem::replace(&mut self.free, &mut []).split_first_mut() {
                *place = *byte;
                self.free = free;
            }
            self.length += 1;
            text = rest;
        }
    }

    const fn list(&mut self, mut slugs: &[&str]) {
        while let [slug, rest @ ..] = slugs {
            self.text("\"");
            self.text(slug);
            self.text(if rest.is_empty() { "\"" } else { "\"," });
            slugs = rest;
        }
    }
}

/// Holds the slugs of an author's enum to what a host takes, while their crate compiles.
///
/// # Panics
///
/// One of them is no slug.
#[track_caller]
pub const fn check_slugs(mut slugs: &[&str]) {
    while let [slug, rest @ ..] = slugs {
        assert!(is_slug(slug.as_bytes()), "the slug of a plan has 1 to 64 ASCII letters, digits, `-` or `_`");
        slugs = rest;
    }
}

const fn is_slug(mut slug: &[u8]) -> bool {
    let fits = !slug.is_empty() && slug.len() <= LONGEST_SLUG;
    while let [byte, rest @ ..] = slug {
        if !(byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_') {
            return false;
        }
        slug = rest;
    }
    fits
}

/// Puts the manifest into the module of the crate that calls this.
///
/// A macro of this crate and no function: the name is that of the author's crate, and `unsafe` attributes of another
/// crate's macro are no business of an author's `forbid(unsafe_code)`. The static is not `#[used]`, which would put it
/// into the module's memory a second time; every static with a section of its own becomes one.
#[doc(hidden)]
#[macro_export]
macro_rules! __stamp_manifest {
    ($plans:expr) => {
        const _: () = {
            const MANIFEST: $crate::__private::Manifest<'static> =
                $crate::__private::Manifest { workflow: ::core::env!("CARGO_PKG_NAME"), plans: $plans };

            // SAFETY: the section is read by hosts and by nothing in the module.
            #[unsafe(link_section = "usher:manifest")]
            static SECTION: [u8; MANIFEST.length()] = MANIFEST.to_json();
        };
    };
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[track_caller]
    fn check<const LENGTH: usize>(manifest: &Manifest<'_>, plans: Option<Value>) {
        assert_eq!(manifest.length(), LENGTH);
        let sdk = json!({"name": "usher-guest", "version": env!("CARGO_PKG_VERSION")});
        let mut expected = json!({"contract": "0.1.0", "sdk": sdk, "workflow": manifest.workflow, "keepsTexts": true});
        if let Some(plans) = plans {
            expected["plans"] = plans;
        }
        assert_eq!(serde_json::from_slice::<Value>(&manifest.to_json::<LENGTH>()).unwrap(), expected);
    }

    #[test]
    fn a_manifest_is_json() {
        const PLAIN: Manifest<'_> = Manifest { workflow: "tier", plans: None };
        check::<{ PLAIN.length() }>(&PLAIN, None);
        const NONE: Manifest<'_> = Manifest { workflow: "tier", plans: Some(&[]) };
        check::<{ NONE.length() }>(&NONE, Some(json!([])));
        const TWO: Manifest<'_> = Manifest { workflow: "t", plans: Some(&["premium", "a_B-9"]) };
        check::<{ TWO.length() }>(&TWO, Some(json!(["premium", "a_B-9"])));
    }

    #[test]
    fn a_slug_needs_no_escaping_and_is_no_longer_than_a_host_takes() {
        for (slug, expected) in [
            ("premium", true),
            ("A-9_z", true),
            (&"a".repeat(64), true),
            (&"a".repeat(65), false),
            ("", false),
            ("a b", false),
            ("a\"", false),
            ("a\\", false),
            ("ä", false),
        ] {
            assert_eq!(is_slug(slug.as_bytes()), expected, "{slug}");
        }
    }

    /// The contract's version is written once more than in `wit/`, because a constant cannot read files.
    #[test]
    fn the_contract_is_that_of_the_wit_files() {
        let package = include_str!("../../../wit/types.wit").lines().next();
        assert_eq!(package, Some(&*format!("package usher:provisioning@{CONTRACT};")));
    }
}
