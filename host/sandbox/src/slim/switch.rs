//! Calls through a table made switches, where what is in the table is known.
//!
//! An instance's table is filled when it is made anew, and each function of it is looked up when it is first called: for each
//! decision again. A module that was compiled from another language never changes its table, so what is in each place is known when
//! the module is admitted. A call then goes to a function that has one branch for each place, and a module whose table nobody
//! else has needs none.
//!
//! What is not known goes through the table as before: places that a fix-up fills, and those that have nothing or a function of
//! another type. Where there is no table any more, these are traps all the same, and are told as such.

mod dispatcher;
mod found;
mod module;
mod wrong;

use wasm_encoder::Module;
use wasm_encoder::reencode::Reencode;
use wasmparser::{Export, ExternalKind, Parser};

pub(super) use self::found::is_without_functions;
use self::module::Switched;
use super::AnotherForm;
use super::fixup::Filled;
use super::modules::with_modules;
use super::parts::{Parts, Source, get};

/// The same component with switches; none if no module of it can have any.
pub(super) fn with_switches(wasm: &[u8]) -> Option<Vec<u8>> {
    let parts = Parts::read(wasm).ok()?;
    with_modules(wasm, |number, module| switched(module, filled_from_outside(&parts, number)))
}

/// The same module with switches; others fill these places of its table if they have it.
pub(super) fn switched(module: &[u8], filled: Result<Vec<u32>, AnotherForm>) -> Result<Module, AnotherForm> {
    let (mut switched, mut written) = (Switched::read(module, filled)?, Module::new());
    switched.parse_core_module(&mut written, Parser::new(0), module).map_err(|_error| AnotherForm)?;
    Ok(written)
}

/// The places of a module's table that others fill when they are made, and do nothing else with it.
fn filled_from_outside(parts: &Parts<'_>, module: u32) -> Result<Vec<u32>, AnotherForm> {
    let instance = parts.instance_of(module)?;
    // What is named of something put together may be any table.
    let is_named_twice = |source: &Source<'_>| match source {
        Source::Instance { instance, .. } => parts.exports(*instance).is_some(),
        _ => false,
    };
    if parts.tables.iter().any(is_named_twice) {
        return Err(AnotherForm);
    }
    let is_its_table = |export: &Export<'_>| {
        let source = get(&parts.tables, export.index).filter(|_| export.kind == ExternalKind::Table);
        matches!(source, Some(Source::Instance { instance: of, .. }) if *of == instance)
    };
    let mut places = Vec::new();
    for number in 0..u32::try_from(parts.instances.len())? {
        let has_it =
            number == instance || parts.exports(number).is_some_and(|exports| exports.iter().any(is_its_table));
        for other in parts.given(number).filter(|_| has_it) {
            places.extend(Filled::read(get(&parts.modules, other).ok_or(AnotherForm)?)?.places()?);
        }
    }
    Ok(places)
}

#[cfg(test)]
mod tests;
