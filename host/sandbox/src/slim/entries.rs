//! A module's functions that a host calls, put behind the rest of them, so that the compile cache finds the rest.
//!
//! The compiler takes a module's functions in their order, and after each that is called from outside the code that calls it from
//! there. Something of that stays behind in what the next function is compiled with, and gets into its key
//! (`DataFlowGraph::clear` in release 48 leaves `exception_tables`). What is in a table counts as called from outside, so in a module
//! with a table nearly everything comes after one of those. In a module without, a few entries are all; which threads had one, and
//! when, is another thing each time, and so are the keys of whatever these threads compile then: of a second module with the same
//! functions half was compiled again. Nothing is compiled after those that come last.

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module, NameMap, NameSection};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, ExternalKind, FunctionSectionReader, Name, Parser, Payload, TypeRef,
};

use super::AnotherForm;
use super::modules::{with_modules, with_names_alone};

/// The same component with its entries last; none if they are, or if tables have functions that are entries, too.
pub(super) fn with_entries_last(wasm: &[u8]) -> Option<Vec<u8>> {
    with_modules(wasm, |_, module| entries_last(module))
}

/// The same module with its entries last.
pub(super) fn entries_last(module: &[u8]) -> Result<Module, AnotherForm> {
    let (mut entries, mut written) = (Entries::read(module)?, Module::new());
    entries.parse_core_module(&mut written, Parser::new(0), module).map_err(|_error| AnotherForm)?;
    Ok(written)
}

/// A module's functions, by the numbers that they have so far.
#[derive(Debug)]
struct Entries {
    /// The first that is not imported, and the first that there is not.
    first: u32,
    end: u32,
    /// Those of its own that it exports, in their order.
    exported: Vec<u32>,
}

impl Entries {
    fn read(module: &[u8]) -> Result<Self, AnotherForm> {
        let (mut first, mut own, mut exported) = (0_u32, 0, Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        if let TypeRef::Func(_) | TypeRef::FuncExact(_) = import?.ty {
                            first = first.saturating_add(1);
                        }
                    }
                }
                Payload::FunctionSection(section) => own = section.count(),
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if export.kind == ExternalKind::Func && export.index >= first {
                            exported.push(export.index);
                        }
                    }
                }
                Payload::ElementSection(section) if section.count() > 0 => return Err(AnotherForm),
                _ => {}
            }
        }
        exported.sort_unstable();
        exported.dedup();
        let entries = Self { first, end: first.saturating_add(own), exported };
        if entries.exported.iter().all(|entry| entries.number(*entry) == *entry) {
            return Err(AnotherForm);
        }
        Ok(entries)
    }

    /// The number that a function has now.
    fn number(&self, function: u32) -> u32 {
        let count = |entries: usize| u32::try_from(entries).unwrap_or(u32::MAX);
        match self.exported.binary_search(&function) {
            _ if function < self.first => function,
            Ok(entry) => self.end.saturating_sub(count(self.exported.len())).saturating_add(count(entry)),
            Err(before) => function.saturating_sub(count(before)),
        }
    }

    /// What there is for each function of the module's own, in the order that they have now.
    fn ordered<T>(&self, items: impl Iterator<Item = wasmparser::Result<T>>) -> Result<Vec<T>, Error<AnotherForm>> {
        let (mut rest, mut last) = (Vec::new(), Vec::new());
        for (function, item) in (self.first..).zip(items) {
            let is_entry = self.exported.binary_search(&function).is_ok();
            if is_entry { &mut last } else { &mut rest }.push(item?);
        }
        rest.append(&mut last);
        Ok(rest)
    }
}

impl Reencode for Entries {
    type Error = AnotherForm;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<AnotherForm>> {
        Ok(self.number(function))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        for ty in self.ordered(section.into_iter())? {
            functions.function(self.type_index(ty)?);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        self.ordered(section.into_iter())?.into_iter().try_for_each(|body| self.parse_function_body(code, body))
    }

    fn parse_custom_section(
        &mut self,
        module: &mut Module,
        section: CustomSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        with_names_alone(self, module, section)
    }

    /// The names of functions: nobody is told others.
    fn parse_custom_name_subsection(
        &mut self,
        names: &mut NameSection,
        section: Name<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        let Name::Function(there) = section else { return Ok(()) };
        let numbered = there.into_iter().map(|naming| naming.map(|naming| (self.number(naming.index), naming.name)));
        let mut numbered: Vec<_> = numbered.collect::<Result<_, _>>()?;
        numbered.sort_unstable();
        let mut functions = NameMap::new();
        numbered.iter().for_each(|(number, name)| functions.append(*number, name));
        names.functions(&functions);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
