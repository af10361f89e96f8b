//! A component with other modules in the places of some of its own, and what all of these have in common.

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{Component, Module, ModuleSection, RawSection};
use wasmparser::{Chunk, CustomSectionReader, KnownCustom, Parser, Payload};

use super::AnotherForm;

/// Copies a component, but for the core modules that there is another for, by their number and what they are. None if there is none.
pub(super) fn with_modules(
    wasm: &[u8],
    mut other: impl FnMut(u32, &[u8]) -> Result<Module, AnotherForm>,
) -> Option<Vec<u8>> {
    let (mut component, mut modules, mut changed) = (Component::new(), 0, false);
    let (mut parser, mut rest) = (Parser::new(0), wasm);
    while !rest.is_empty() {
        let Chunk::Parsed { consumed, payload } = parser.parse(rest, true).ok()? else { return None };
        rest = rest.get(consumed..)?;
        let Some((id, range)) = payload.as_section() else { continue };
        let data = wasm.get(range)?;
        match payload {
            Payload::ModuleSection { .. } => {
                rest = rest.get(data.len()..)?;
                if let Ok(module) = other(modules, data) {
                    component.section(&ModuleSection(&module));
                    changed = true;
                } else {
                    component.section(&RawSection { id, data });
                }
                modules += 1;
            }
            Payload::ComponentSection { .. } => {
                rest = rest.get(data.len()..)?;
                component.section(&RawSection { id, data });
            }
            // Names of what nobody reports, and what an SDK says of a module, which is read where it is.
            Payload::CustomSection(_) => {}
            _ => {
                component.section(&RawSection { id, data });
            }
        }
    }
    changed.then(|| component.finish())
}

/// Of the custom sections of a module whose functions get other numbers: their names, which failures are told by. Whatever else
/// there is may have the old numbers.
pub(super) fn with_names_alone<Writer: Reencode>(
    writer: &mut Writer,
    module: &mut Module,
    section: CustomSectionReader<'_>,
) -> Result<(), Error<Writer::Error>> {
    match section.as_known() {
        KnownCustom::Name(_) => utils::parse_custom_section(writer, module, section),
        _ => Ok(()),
    }
}
