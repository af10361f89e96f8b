//! Modules that mean harm, and what must become of each. They are made here, from text: no binary lies in the repository.
//!
//! Every test that can take a module can take all of these: see [`corpus`]. A server must come through it as the sandbox does.
#![expect(clippy::panic, reason = "text that is no module is a mistake in this folder")]

mod answers;
mod asking;
mod asynchronous;
mod compile_bombs;
mod component_bombs;
mod composed;
mod growth;
mod guest;
mod host_calls;
mod imports;
mod names;
mod proposals;
mod starts;
mod traps;

/// A module that means harm.
#[derive(Debug, Clone, Copy)]
pub struct Hostile {
    /// What it tries, in kebab-case. No two have the same.
    pub name: &'static str,
    /// What must become of it.
    pub expected: Expected,
    /// What it costs to find out.
    pub weight: Weight,
    make: fn() -> Vec<u8>,
}

/// What must become of a hostile module. Texts are parts of what is said about it; an empty one asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Admission refuses it: the refusal's kind, and words of its text.
    Refused(&'static str, &'static str),
    /// It is admitted, and its run fails: the outcome's kind, and words of its text.
    Fails(&'static str, &'static str),
    /// It is admitted, and answers with these slugs: what it tries does no harm.
    Answers(&'static [&'static str]),
}

/// What it costs to find out what becomes of a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Next to nothing.
    Light,
    /// Seconds or gigabytes, unless whoever compiles it is bounded.
    Heavy,
}

impl Hostile {
    /// The module.
    #[must_use]
    pub fn wasm(&self) -> Vec<u8> {
        (self.make)()
    }

    /// The module, if it weighs no more than this.
    #[must_use]
    pub fn wasm_if(&self, at_most: Weight) -> Option<Vec<u8>> {
        (self.weight <= at_most).then(|| self.wasm())
    }

    fn refused(name: &'static str, kind: &'static str, says: &'static str, make: fn() -> Vec<u8>) -> Self {
        Self { name, expected: Expected::Refused(kind, says), weight: Weight::Light, make }
    }

    fn fails(name: &'static str, kind: &'static str, says: &'static str, make: fn() -> Vec<u8>) -> Self {
        Self { name, expected: Expected::Fails(kind, says), weight: Weight::Light, make }
    }

    fn answers(name: &'static str, slugs: &'static [&'static str], make: fn() -> Vec<u8>) -> Self {
        Self { name, expected: Expected::Answers(slugs), weight: Weight::Light, make }
    }

    fn heavy(self) -> Self {
        Self { weight: Weight::Heavy, ..self }
    }
}

/// All of them.
#[must_use]
pub fn corpus() -> Vec<Hostile> {
    [
        names::all(),
        imports::all(),
        compile_bombs::all(),
        component_bombs::all(),
        growth::all(),
        starts::all(),
        traps::all(),
        answers::all(),
        asking::all(),
        composed::all(),
        asynchronous::all(),
        proposals::all(),
    ]
    .concat()
}

/// A workflow within all bounds that keeps the compiler busy for seconds.
#[must_use]
pub fn slow_to_compile() -> Vec<u8> {
    compile_bombs::loops(700, 700)
}

/// A harmless workflow that has this core module beside its own, and makes an instance of it.
#[must_use]
pub fn around(module: &[u8]) -> Vec<u8> {
    let mut wasm = guest::beside("");
    // The section of a core module, whose length has seven bits in each byte.
    wasm.push(1);
    let mut length = module.len();
    while length >= 0x80 {
        wasm.push(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
        length >>= 7;
    }
    wasm.push(u8::try_from(length).unwrap_or_default());
    wasm.extend(module);
    // One instance, made of the third module, of nothing.
    wasm.extend([2, 4, 1, 0, 2, 0]);
    wasm
}
