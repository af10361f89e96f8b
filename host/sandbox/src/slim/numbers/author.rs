//! The author's module, with a function of its own that reads what the log is told.

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{CodeSection, FunctionSection, ImportSection, Module, TypeSection, ValType};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, FuncType, FunctionSectionReader, ImportSectionReader, KnownCustom, Parser,
    Payload, TypeRef, TypeSectionReader,
};

use super::piece::{READS, TAKES, WRITES, word, write};
use crate::slim::AnotherForm;
use crate::slim::parts::{get, only};

/// The module that is to be written. All its functions stay what they are, but that whoever called the log's calls the first of
/// two that are added.
#[derive(Debug)]
pub(super) struct Author {
    /// For each function that it imports, whether that is the log's.
    imported: Vec<bool>,
    /// How many functions and how many types there are before those that are added.
    functions: u32,
    types: u32,
}

impl Author {
    /// Reads the module; `is_logs` knows which of the functions that it imports, by both their names, are the log's.
    pub(super) fn read(
        module: &[u8],
        is_logs: impl Fn(&str, &str) -> Result<bool, AnotherForm>,
    ) -> Result<Self, AnotherForm> {
        let (mut types, mut imported, mut memories, mut defined) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    types = section.into_iter_err_on_gc_types().collect::<Result<_, _>>()?;
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        match import.ty {
                            TypeRef::Func(ty) => imported.push((ty, is_logs(import.module, import.name)?)),
                            TypeRef::FuncExact(_) | TypeRef::Memory(_) => return Err(AnotherForm),
                            _ => {}
                        }
                    }
                }
                Payload::FunctionSection(section) => defined = section.count(),
                Payload::MemorySection(section) => memories = section.into_iter().collect::<Result<_, _>>()?,
                _ => {}
            }
        }
        let writes = |ty: &u32| get(&types, *ty).is_some_and(is_write);
        let are_all = imported.iter().filter(|(_, is_logs)| *is_logs).all(|(ty, _)| writes(ty));
        // A section gets more, and what is not there is not written.
        if defined == 0 || !are_all || only(memories.iter())?.memory64 {
            return Err(AnotherForm);
        }
        let functions = u32::try_from(imported.len())?.checked_add(defined).ok_or(AnotherForm)?;
        let imported = imported.into_iter().map(|(_, is_logs)| is_logs).collect();
        Ok(Self { imported, functions, types: u32::try_from(types.len())? })
    }

    fn added_type(&self, number: u32) -> u32 {
        self.types.saturating_add(number)
    }

    /// The import that takes a piece.
    fn take(&self) -> Result<u32, AnotherForm> {
        let first = self.imported.iter().position(|is_logs| *is_logs).ok_or(AnotherForm)?;
        Ok(u32::try_from(first)?)
    }
}

fn is_write(ty: &FuncType) -> bool {
    ty.params() == [wasmparser::ValType::I32; WRITES.len()] && ty.results().is_empty()
}

impl Reencode for Author {
    type Error = AnotherForm;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<AnotherForm>> {
        Ok(if get(&self.imported, function) == Some(&true) { self.functions } else { function })
    }

    /// The names of functions, which failures are told by. What others say of it has the old numbers.
    fn parse_custom_section(
        &mut self,
        module: &mut Module,
        section: CustomSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        match section.as_known() {
            KnownCustom::Name(_) => utils::parse_custom_section(self, module, section),
            _ => Ok(()),
        }
    }

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: TypeSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        utils::parse_type_section(self, types, section)?;
        types.ty().function(TAKES, []);
        types.ty().function(WRITES, []);
        types.ty().function(READS, [ValType::I64]);
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        let mut functions = 0_u32;
        for import in section.into_imports() {
            let mut import = import?;
            if let TypeRef::Func(ty) = &mut import.ty {
                if get(&self.imported, functions) == Some(&true) {
                    *ty = self.added_type(0);
                }
                functions = functions.saturating_add(1);
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
        functions.function(self.added_type(1)).function(self.added_type(2));
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        utils::parse_code_section(self, code, section)?;
        let reads = self.functions.saturating_add(1);
        code.function(&write(self.take()?, reads)).function(&word());
        Ok(())
    }
}
