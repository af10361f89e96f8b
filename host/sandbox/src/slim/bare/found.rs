//! What there is to know of the author's module before it is written anew.

use wasmparser::{Export, ExternalKind, FuncType, Parser, Payload, RefType, TypeRef, ValType};

use crate::slim::AnotherForm;
use crate::slim::parts::{get, only};

/// What a module is found to be. All that it imports are functions.
#[derive(Default)]
pub(super) struct Found<'a> {
    /// Both names of each function that it imports.
    pub(super) imports: Vec<(&'a str, &'a str)>,
    pub(super) types: Vec<FuncType>,
    /// The types of all its functions, those that are imported first.
    functions: Vec<u32>,
    exports: Vec<Export<'a>>,
    /// For each of its tables, whether it holds functions and nothing else.
    pub(super) tables: Vec<bool>,
    /// Whether it has one memory, whose addresses have 32 bits, and that nobody else writes to.
    pub(super) is_memory_plain: bool,
    pub(super) starts: bool,
}

impl<'a> Found<'a> {
    pub(super) fn read(module: &'a [u8]) -> Result<Self, AnotherForm> {
        let mut found = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    found.types = section.into_iter_err_on_gc_types().collect::<Result<_, _>>()?;
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        let TypeRef::Func(ty) = import.ty else { return Err(AnotherForm) };
                        found.imports.push((import.module, import.name));
                        found.functions.push(ty);
                    }
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        found.functions.push(ty?);
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        let ty = table?.ty;
                        found.tables.push(ty.element_type == RefType::FUNCREF && !ty.table64 && !ty.shared);
                    }
                }
                Payload::MemorySection(section) => {
                    let memory = only(section.into_iter())??;
                    found.is_memory_plain = !memory.memory64 && !memory.shared && memory.page_size_log2.is_none();
                }
                Payload::ExportSection(section) => found.exports = section.into_iter().collect::<Result<_, _>>()?,
                Payload::StartSection { .. } => found.starts = true,
                _ => {}
            }
        }
        Ok(found)
    }

    pub(super) fn export(&self, name: &str) -> Result<(ExternalKind, u32), AnotherForm> {
        let export = self.exports.iter().find(|export| export.name == name).ok_or(AnotherForm)?;
        Ok((export.kind, export.index))
    }

    /// Whether a function takes a number of 32 bits and gives one.
    pub(super) fn is_one_for_one(&self, function: u32) -> bool {
        let ty = get(&self.functions, function).and_then(|ty| get(&self.types, *ty));
        ty.is_some_and(|ty| ty.params() == [ValType::I32] && ty.results() == [ValType::I32])
    }
}
