//! The author's module, with the shim's functions in it.

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, ImportSection, Module, TableSection,
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, ExportSectionReader, FunctionSectionReader, ImportSectionReader, Parser,
    Payload, Table, TableInit, TypeRef,
};

use super::AnotherForm;
use super::modules::with_names_alone;
use super::parts::{get, only};
use super::shim::{Hop, fixed_size};

/// The name of the table outside of the module.
pub(super) const TABLE: &str = "$imports";

/// The module that is to be written.
#[derive(Debug)]
pub(super) struct Merged {
    /// The functions that it imports.
    imported: Vec<Imported>,
    /// How many of these are the shim's.
    gone: u32,
    /// How many functions there are in its table.
    size: u64,
    /// How many are in the shim's.
    more: u64,
}

#[derive(Debug, Clone, Copy)]
struct Imported {
    ty: u32,
    /// What takes its place, if it is the shim's.
    hop: Option<Hop>,
    /// Its number from now on. Those that stay come first, as before, then the module's own, then the shim's.
    number: u32,
}

impl Merged {
    /// Reads the module; `shims` knows which of the functions that it imports, by both their names, are the shim's.
    pub(super) fn read(
        module: &[u8],
        more: u64,
        shims: impl Fn(&str, &str) -> Result<Option<Hop>, AnotherForm>,
    ) -> Result<Self, AnotherForm> {
        let (mut imported, mut defined, mut tables, mut exports) = (Vec::new(), 0, Vec::new(), 0_u32);
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        match import.ty {
                            TypeRef::Func(ty) => {
                                imported.push((ty, shims(import.module, import.name)?));
                            }
                            TypeRef::FuncExact(_) | TypeRef::Table(_) => return Err(AnotherForm),
                            _ => {}
                        }
                    }
                }
                Payload::FunctionSection(section) => defined = section.count(),
                Payload::TableSection(section) => {
                    for table in section {
                        let table = table?;
                        let TableInit::RefNull = table.init else { return Err(AnotherForm) };
                        tables.push(fixed_size(&table.ty)?);
                    }
                }
                Payload::ExportSection(section) => {
                    exports = section.count();
                    for export in section {
                        if export?.name == TABLE {
                            return Err(AnotherForm);
                        }
                    }
                }
                _ => {}
            }
        }
        // Both sections get more.
        if defined == 0 || exports == 0 {
            return Err(AnotherForm);
        }
        let (imported, gone) = numbered(&imported, defined)?;
        Ok(Self { imported, gone, size: only(tables.into_iter())?, more })
    }

    /// Where in the module's table the shim's begins.
    pub(super) fn base(&self) -> u64 {
        self.size
    }

    /// The shim's functions, in the order in which they are added.
    fn added(&self) -> impl Iterator<Item = (u32, Hop)> {
        self.imported.iter().filter_map(|imported| Some((imported.ty, imported.hop?)))
    }
}

/// Gives the functions that are imported their numbers, and says how many of them are the shim's.
fn numbered(imported: &[(u32, Option<Hop>)], defined: u32) -> Result<(Vec<Imported>, u32), AnotherForm> {
    let gone = u32::try_from(imported.iter().filter(|(_, hop)| hop.is_some()).count())?;
    let stay = u32::try_from(imported.len())?.saturating_sub(gone);
    let (mut stays, mut added) = (0..stay, stay.saturating_add(defined)..u32::MAX);
    let numbered = imported.iter().map(|(ty, hop)| {
        let number = if hop.is_some() { added.next() } else { stays.next() };
        Some(Imported { ty: *ty, hop: *hop, number: number? })
    });
    Ok((numbered.collect::<Option<_>>().ok_or(AnotherForm)?, gone))
}

impl Reencode for Merged {
    type Error = AnotherForm;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<AnotherForm>> {
        Ok(match get(&self.imported, function) {
            Some(imported) => imported.number,
            None => function.checked_sub(self.gone).ok_or(AnotherForm)?,
        })
    }

    fn parse_custom_section(
        &mut self,
        module: &mut Module,
        section: CustomSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        with_names_alone(self, module, section)
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        let mut functions = 0_u32;
        for import in section.into_imports() {
            let import = import?;
            if let TypeRef::Func(_) = import.ty {
                let is_added = get(&self.imported, functions).is_some_and(|imported| imported.hop.is_some());
                functions = functions.saturating_add(1);
                if is_added {
                    continue;
                }
            }
            utils::parse_import(self, imports, import)?;
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        utils::parse_function_section(self, functions, section)?;
        for (ty, _) in self.added() {
            functions.function(ty);
        }
        Ok(())
    }

    fn parse_table(&mut self, tables: &mut TableSection, mut table: Table<'_>) -> Result<(), Error<AnotherForm>> {
        table.ty.initial = self.size.checked_add(self.more).ok_or(AnotherForm)?;
        table.ty.maximum = Some(table.ty.initial);
        utils::parse_table(self, tables, table)
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        utils::parse_export_section(self, exports, section)?;
        exports.export(TABLE, ExportKind::Table, 0);
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        utils::parse_code_section(self, code, section)?;
        for (ty, hop) in self.added() {
            let place = self.size.checked_add(hop.place.into()).and_then(|place| i32::try_from(place).ok());
            let mut function = Function::new([]);
            let mut body = function.instructions();
            for parameter in 0..hop.parameters {
                body.local_get(parameter);
            }
            body.i32_const(place.ok_or(AnotherForm)?).call_indirect(0, ty).end();
            code.function(&function);
        }
        Ok(())
    }
}
