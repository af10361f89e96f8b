//! The author's module, as it is used without what is around it.

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, ImportSection, Module, SectionId,
    TypeSection,
};
use wasmparser::{
    CustomSectionReader, ElementItems, ElementSectionReader, ExportSectionReader, ExternalKind, FuncType,
    ImportSectionReader, Parser, TypeSectionReader,
};

use super::plan::{Fixup, HostFunction, Plan};
use crate::bare::{KEEPS_TEXTS, MEMORY, PLACE_REQUEST, POST_RETURN, PROVISION, REALLOC};
use crate::slim::AnotherForm;
use crate::slim::modules::with_names_alone;
use crate::slim::parts::{get, only};

/// The module that a plan is of, written anew.
pub(super) fn written(plan: &Plan<'_>, keeps_texts: bool) -> Result<Vec<u8>, AnotherForm> {
    let (mut author, mut module) = (Author::read(plan, keeps_texts)?, Module::new());
    author.parse_core_module(&mut module, Parser::new(0), plan.module).map_err(|_error| AnotherForm)?;
    if author.is_whole() { Ok(module.finish()) } else { Err(AnotherForm) }
}

/// The module that is to be written: what it imports is the host's, what it exports is what the host uses, and functions that a
/// fix-up put into its table are imported, too, behind its own imports.
struct Author<'a> {
    imports: Vec<HostFunction<'a>>,
    added: Vec<(&'a FuncType, HostFunction<'a>)>,
    segments: Vec<(u32, Vec<u32>)>,
    exports: Vec<(&'static str, ExportKind, u32)>,
    types: u32,
    /// Whether what is added has been.
    has_imports: bool,
    has_segments: bool,
    has_exports: bool,
}

impl<'a> Author<'a> {
    fn read(plan: &'a Plan<'a>, keeps_texts: bool) -> Result<Self, AnotherForm> {
        let found = &plan.found;
        let (added, segments) = match &plan.fixup {
            Some(fixup) => {
                let is_its_table = found.export(fixup.table)? == (ExternalKind::Table, 0);
                // What is put into the table was not there yet when a module began with one of its functions.
                if !is_its_table || found.starts || only(found.tables.iter())? != &true {
                    return Err(AnotherForm);
                }
                let types = fixup.filled.functions.iter().map(|(ty, _)| ty);
                let added: Vec<_> = types.zip(fixup.functions.iter().copied()).collect();
                (added, segments(plan, fixup)?)
            }
            None => (Vec::new(), Vec::new()),
        };
        let function = |name: &'static str, found_as: &str| match found.export(found_as)? {
            (ExternalKind::Func, function) => Ok((name, ExportKind::Func, function)),
            _ => Err(AnotherForm),
        };
        let (ExternalKind::Memory, memory) = found.export(plan.memory)? else { return Err(AnotherForm) };
        if !found.is_memory_plain {
            return Err(AnotherForm);
        }
        let mut exports = vec![
            (MEMORY, ExportKind::Memory, memory),
            function(REALLOC, plan.realloc)?,
            function(PROVISION, plan.provision)?,
        ];
        if let Some(post_return) = plan.post_return {
            exports.push(function(POST_RETURN, post_return)?);
        }
        if keeps_texts {
            exports.push(function(KEEPS_TEXTS, plan.provision)?);
        }
        // Nothing of the contract: an SDK and the host agree on it.
        exports.extend(
            function(PLACE_REQUEST, PLACE_REQUEST).ok().filter(|(.., function)| found.is_one_for_one(*function)),
        );
        Ok(Self {
            imports: plan.imports.clone(),
            has_imports: added.is_empty(),
            added,
            has_segments: segments.is_empty(),
            segments,
            exports,
            types: u32::try_from(found.types.len())?,
            has_exports: false,
        })
    }

    /// Whether everything that is new found its section.
    fn is_whole(&self) -> bool {
        self.has_imports && self.has_segments && self.has_exports
    }

    fn add_imports(&mut self, imports: &mut ImportSection) {
        for (ty, (_, (interface, name))) in (self.types..).zip(&self.added) {
            imports.import(interface, name, EntityType::Function(ty));
        }
        self.has_imports = true;
    }

    fn add_segments(&mut self, elements: &mut ElementSection) -> Result<(), AnotherForm> {
        for (first, functions) in &self.segments {
            let first = ConstExpr::i32_const(i32::try_from(*first)?);
            elements.active(None, &first, Elements::Functions(functions.into()));
        }
        self.has_segments = true;
        Ok(())
    }
}

/// What a fix-up puts where, by the numbers that its functions have in the author's module.
fn segments(plan: &Plan<'_>, fixup: &Fixup<'_>) -> Result<Vec<(u32, Vec<u32>)>, AnotherForm> {
    let first_added = u32::try_from(plan.imports.len())?;
    let count = u32::try_from(fixup.functions.len())?;
    let segments = fixup.filled.segments.iter().map(|(first, items)| {
        let ElementItems::Functions(functions) = items else { return Err(AnotherForm) };
        let number = |function: u32| (function < count).then(|| first_added.saturating_add(function));
        let functions = functions.clone().into_iter().map(|function| number(function?).ok_or(AnotherForm));
        Ok((*first, functions.collect::<Result<_, _>>()?))
    });
    segments.collect()
}

impl Reencode for Author<'_> {
    type Error = AnotherForm;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<AnotherForm>> {
        let added = u32::try_from(self.added.len()).map_err(AnotherForm::from)?;
        let is_imported = get(&self.imports, function).is_some();
        Ok(if is_imported { function } else { function.checked_add(added).ok_or(AnotherForm)? })
    }

    /// Sections that the module has none of.
    fn intersperse_section_hook(
        &mut self,
        module: &mut Module,
        _after: Option<SectionId>,
        before: Option<SectionId>,
    ) -> Result<(), Error<AnotherForm>> {
        if before == Some(SectionId::Function) && !self.has_imports {
            let mut imports = ImportSection::new();
            self.add_imports(&mut imports);
            module.section(&imports);
        }
        if matches!(before, Some(SectionId::DataCount | SectionId::Code)) && !self.has_segments {
            let mut elements = ElementSection::new();
            self.add_segments(&mut elements)?;
            module.section(&elements);
        }
        Ok(())
    }

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: TypeSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        utils::parse_type_section(self, types, section)?;
        for (ty, _) in self.added.clone() {
            let ty = self.func_type(ty.clone())?;
            types.ty().func_type(&ty);
        }
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        for (import, (interface, name)) in section.into_imports().zip(self.imports.clone()) {
            let ty = self.entity_type(import?.ty)?;
            imports.import(interface, name, ty);
        }
        self.add_imports(imports);
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        _section: ExportSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        for (name, kind, index) in self.exports.clone() {
            let index = if kind == ExportKind::Func { self.function_index(index)? } else { index };
            exports.export(name, kind, index);
        }
        self.has_exports = true;
        Ok(())
    }

    fn parse_element_section(
        &mut self,
        elements: &mut ElementSection,
        section: ElementSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        utils::parse_element_section(self, elements, section)?;
        Ok(self.add_segments(elements)?)
    }

    fn parse_custom_section(
        &mut self,
        module: &mut Module,
        section: CustomSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        with_names_alone(self, module, section)
    }
}
