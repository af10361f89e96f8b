//! Calls through a table made switches, where what is in the table is known.
//!
//! An instance's table is filled when it is made anew, and each function of it is looked up when it is first called: for each
//! decision again. A module that was compiled from another language never changes its table, so what is in each place is known when
//! the module is admitted. A call then goes to a function that has one branch for each place, and there is no table.
//!
//! Calls of places that have nothing, or a function of another type, are traps all the same, and are told as such. A table that
//! others have, too, stays.

mod dispatcher;
mod found;
mod module;
mod wrong;

use std::collections::BTreeMap;

use wasm_encoder::reencode::Reencode;
use wasm_encoder::{Component, Module, ModuleSection, RawSection};
use wasmparser::{Chunk, Parser, Payload};

use self::module::Switched;
use super::AnotherForm;
use super::parts::Parts;

/// The same component with switches; none if no module of it can have any.
pub(super) fn with_switches(wasm: &[u8]) -> Option<Vec<u8>> {
    let parts = Parts::read(wasm).ok()?;
    let switched = (0_u32..).zip(&parts.modules).filter_map(|(number, module)| {
        let switched = Switched::read(module).ok()?;
        Some((number, switched))
    });
    let mut switched: BTreeMap<u32, Switched> = switched.collect();
    if switched.is_empty() { None } else { written(wasm, &mut switched).ok() }
}

/// Copies a component, but for some of its modules.
fn written(wasm: &[u8], switched: &mut BTreeMap<u32, Switched>) -> Result<Vec<u8>, AnotherForm> {
    let (mut component, mut modules) = (Component::new(), 0_u32);
    let (mut parser, mut rest) = (Parser::new(0), wasm);
    while !rest.is_empty() {
        let Chunk::Parsed { consumed, payload } = parser.parse(rest, true)? else { return Err(AnotherForm) };
        rest = rest.get(consumed..).ok_or(AnotherForm)?;
        let Some((id, range)) = payload.as_section() else { continue };
        let data = wasm.get(range).ok_or(AnotherForm)?;
        match payload {
            Payload::ModuleSection { .. } => {
                rest = rest.get(data.len()..).ok_or(AnotherForm)?;
                if let Some(switched) = switched.get_mut(&modules) {
                    let mut module = Module::new();
                    switched.parse_core_module(&mut module, Parser::new(0), data).map_err(|_error| AnotherForm)?;
                    component.section(&ModuleSection(&module));
                } else {
                    component.section(&RawSection { id, data });
                }
                modules = modules.saturating_add(1);
            }
            Payload::ComponentSection { .. } => {
                rest = rest.get(data.len()..).ok_or(AnotherForm)?;
                component.section(&RawSection { id, data });
            }
            // Names of what nobody reports, and what an SDK says of a module, which is read where it is.
            Payload::CustomSection(_) => {}
            _ => {
                component.section(&RawSection { id, data });
            }
        }
    }
    Ok(component.finish())
}

#[cfg(test)]
mod tests;
