//! The shim: a module of functions that call what is in its table, and of nothing else.

use wasmparser::{ExternalKind, FunctionBody, Operator, Parser, Payload, TableType};

use super::AnotherForm;
use super::parts::{get, only};

/// What a shim is found to be.
pub(super) struct Shim<'a> {
    /// How many functions its table has.
    pub(super) size: u64,
    functions: Vec<(&'a str, Hop)>,
    /// The names that its table has outside.
    tables: Vec<&'a str>,
}

/// A function that hands its parameters on to what has a place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) parameters: u32,
    pub(super) place: u32,
}

impl<'a> Shim<'a> {
    pub(super) fn read(module: &'a [u8]) -> Result<Self, AnotherForm> {
        let (mut parameters, mut types, mut bodies, mut tables) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut shim, mut exports) = (Self { size: 0, functions: Vec::new(), tables: Vec::new() }, Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    for ty in section.into_iter_err_on_gc_types() {
                        parameters.push(u32::try_from(ty?.params().len())?);
                    }
                }
                Payload::FunctionSection(section) => types = section.into_iter().collect::<Result<_, _>>()?,
                Payload::TableSection(section) => tables = section.into_iter().collect::<Result<_, _>>()?,
                Payload::ExportSection(section) => exports = section.into_iter().collect::<Result<_, _>>()?,
                Payload::CodeSectionEntry(body) => bodies.push(body),
                Payload::Version { .. }
                | Payload::CodeSectionStart { .. }
                | Payload::CustomSection(_)
                | Payload::End(_) => {}
                _ => return Err(AnotherForm),
            }
        }
        shim.size = fixed_size(&only(tables.iter())?.ty)?;
        for export in exports {
            match export.kind {
                ExternalKind::Func => {
                    let ty = get(&types, export.index).ok_or(AnotherForm)?;
                    let parameters = get(&parameters, *ty).ok_or(AnotherForm)?;
                    let place = place(get(&bodies, export.index).ok_or(AnotherForm)?, *ty, *parameters)?;
                    shim.functions.push((export.name, Hop { parameters: *parameters, place }));
                }
                ExternalKind::Table => shim.tables.push(export.name),
                _ => return Err(AnotherForm),
            }
        }
        Ok(shim)
    }

    pub(super) fn function(&self, name: &str) -> Result<Hop, AnotherForm> {
        let named = self.functions.iter().find(|(other, _)| *other == name);
        named.map(|(_, hop)| *hop).ok_or(AnotherForm)
    }

    pub(super) fn has_table(&self, name: &str) -> bool {
        self.tables.contains(&name)
    }
}

/// How many functions a table has, of which there can be no more.
pub(super) fn fixed_size(table: &TableType) -> Result<u64, AnotherForm> {
    let is_plain = table.element_type == wasmparser::RefType::FUNCREF && !table.table64 && !table.shared;
    if is_plain && table.maximum == Some(table.initial) { Ok(table.initial) } else { Err(AnotherForm) }
}

/// The place in the table that a function calls with all its parameters, in their order.
fn place(body: &FunctionBody<'_>, ty: u32, parameters: u32) -> Result<u32, AnotherForm> {
    if body.get_locals_reader()?.get_count() != 0 {
        return Err(AnotherForm);
    }
    let operators = body.get_operators_reader()?.into_iter().collect::<Result<Vec<_>, _>>()?;
    let [
        loads @ ..,
        Operator::I32Const { value },
        Operator::CallIndirect { type_index, table_index: 0 },
        Operator::End,
    ] = &operators[..]
    else {
        return Err(AnotherForm);
    };
    let loaded = loads.iter().map(|load| match load {
        Operator::LocalGet { local_index } => Some(*local_index),
        _ => None,
    });
    let hands_on_all = loaded.eq((0..parameters).map(Some));
    u32::try_from(*value).ok().filter(|_| hands_on_all && *type_index == ty).ok_or(AnotherForm)
}
