//! A component without its code: of the same types, and compiled in no time.

use wasm_encoder::{CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, RawSection};
use wasmparser::{Export, ExternalKind, Parser, Payload, TableInit, TypeRef};

use crate::slim::AnotherForm;
use crate::slim::modules::with_modules;
use crate::slim::parts::get;
use crate::slim::switch::is_without_functions;

/// The same component, whose modules have no functions but those that others call, and nothing in these.
pub(super) fn of(wasm: &[u8]) -> Option<Vec<u8>> {
    with_modules(wasm, |_, module| {
        let (called, mut written) = (Called::read(module)?, Module::new());
        for payload in Parser::new(0).parse_all(module) {
            called.write(&mut written, &payload?, module)?;
        }
        Ok(written)
    })
}

/// A module's functions that others call.
#[derive(Default)]
struct Called {
    /// How many functions it imports.
    imported: u32,
    /// Those of its own that it exports, counted without these: each once, in their order.
    own: Vec<u32>,
}

impl Called {
    fn read(module: &[u8]) -> Result<Self, AnotherForm> {
        let mut called = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        if let TypeRef::Func(_) | TypeRef::FuncExact(_) = import?.ty {
                            called.imported = called.imported.saturating_add(1);
                        }
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        called.own.extend(called.own_function(&export?));
                    }
                }
                _ => {}
            }
        }
        called.own.sort_unstable();
        called.own.dedup();
        Ok(called)
    }

    /// What is exported, if it is a function of the module's own.
    fn own_function(&self, export: &Export<'_>) -> Option<u32> {
        export.index.checked_sub(self.imported).filter(|_| export.kind == ExternalKind::Func)
    }

    /// The number that something has without the functions that nobody calls.
    fn number(&self, export: &Export<'_>) -> Result<u32, AnotherForm> {
        let Some(function) = self.own_function(export) else { return Ok(export.index) };
        let number = self.own.binary_search(&function).ok().ok_or(AnotherForm)?;
        Ok(self.imported.saturating_add(u32::try_from(number)?))
    }

    /// Writes a part of the module, or what stands in for it.
    fn write(&self, written: &mut Module, part: &Payload<'_>, module: &[u8]) -> Result<(), AnotherForm> {
        match part {
            Payload::FunctionSection(section) => {
                let types = section.clone().into_iter().collect::<Result<Vec<_>, _>>()?;
                let mut functions = FunctionSection::new();
                for function in &self.own {
                    functions.function(*get(&types, *function).ok_or(AnotherForm)?);
                }
                written.section(&functions);
            }
            Payload::ExportSection(section) => {
                let mut exports = ExportSection::new();
                for export in section.clone() {
                    let export = export?;
                    exports.export(export.name, kind(export.kind)?, self.number(&export)?);
                }
                written.section(&exports);
            }
            Payload::CodeSectionStart { .. } => {
                let mut code = CodeSection::new();
                for _ in &self.own {
                    let mut function = Function::new([]);
                    function.instructions().unreachable().end();
                    code.function(&function);
                }
                written.section(&code);
            }
            part if is_kept(part)? => {
                let (id, range) = part.as_section().ok_or(AnotherForm)?;
                written.section(&RawSection { id, data: module.get(range).ok_or(AnotherForm)? });
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whether a part is as it was: what has types, and no function by its number.
fn is_kept(part: &Payload<'_>) -> Result<bool, AnotherForm> {
    match part {
        Payload::TableSection(section) => {
            for table in section.clone() {
                let TableInit::RefNull = table?.init else { return Err(AnotherForm) };
            }
        }
        Payload::GlobalSection(section) => {
            for global in section.clone() {
                is_without_functions(&global?.init_expr)?;
            }
        }
        Payload::TypeSection(_) | Payload::ImportSection(_) | Payload::MemorySection(_) | Payload::TagSection(_) => {}
        _ => return Ok(false),
    }
    Ok(true)
}

fn kind(kind: ExternalKind) -> Result<ExportKind, AnotherForm> {
    Ok(match kind {
        ExternalKind::Func => ExportKind::Func,
        ExternalKind::Table => ExportKind::Table,
        ExternalKind::Memory => ExportKind::Memory,
        ExternalKind::Global => ExportKind::Global,
        ExternalKind::Tag => ExportKind::Tag,
        ExternalKind::FuncExact => return Err(AnotherForm),
    })
}
