//! A module whose table does not change.

use std::collections::{BTreeMap, HashMap};

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{
    CodeSection, ElementSection, FunctionSection, Instruction, Module, NameMap, NameSection, TableSection, TypeSection,
    ValType,
};
use wasmparser::{
    CodeSectionReader, ElementSectionReader, FuncType, FunctionSectionReader, Name, Operator, Parser,
    TableSectionReader, TypeSectionReader,
};

use super::dispatcher::Dispatcher;
use super::found::Found;
use super::wrong;
use crate::slim::AnotherForm;
use crate::slim::parts::get;

/// Places that all switches of a module may look at together, each of which costs some bytes of code.
const MAX_PLACES: usize = 1 << 16;

/// What a failure calls a switch.
const NAME: &str = "call_indirect";

/// The module that is to be written. Everything in it keeps its number.
#[derive(Debug)]
pub(super) struct Switched {
    /// Its table, if nobody else has that, so that it goes.
    gone: Option<Gone>,
    /// How many functions and how many types there are before those that are added.
    functions: u32,
    types: u32,
    dispatchers: Vec<Dispatcher>,
    /// Which of these is called in the place of the table, for each type.
    by_type: BTreeMap<u32, u32>,
    /// Whether the module has names, as far as it has come by.
    is_named: bool,
}

/// A table that goes: how many places it has, and what is in them.
#[derive(Debug)]
struct Gone {
    size: u32,
    places: BTreeMap<u32, u32>,
}

impl Switched {
    /// Reads the module; others fill these places of its table if they have it.
    pub(super) fn read(module: &[u8], filled: Result<Vec<u32>, AnotherForm>) -> Result<Self, AnotherForm> {
        let found = Found::read(module)?;
        let mut places = found.places()?;
        if found.is_table_exported {
            for place in filled? {
                places.remove(&place);
            }
        }
        let mut by_signature: HashMap<&FuncType, BTreeMap<u32, u32>> = HashMap::new();
        for (place, function) in &places {
            let ty = get(&found.functions, *function).ok_or(AnotherForm)?;
            let signature = get(&found.types, *ty).ok_or(AnotherForm)?;
            by_signature.entry(signature).or_default().insert(*place, *function);
        }
        let (mut dispatchers, mut by_type) = (Vec::new(), BTreeMap::new());
        for ty in &found.called {
            let signature = get(&found.types, *ty).ok_or(AnotherForm)?;
            by_type.insert(*ty, u32::try_from(dispatchers.len())?);
            dispatchers.push(Dispatcher::new(*ty, signature.clone(), by_signature.get(signature)));
        }
        let looked_at: usize = dispatchers.iter().map(Dispatcher::size).sum();
        // Where nothing is known, a switch would only be on the way.
        if looked_at > MAX_PLACES || found.is_table_exported && looked_at == 0 {
            return Err(AnotherForm);
        }
        let gone = if found.is_table_exported { None } else { Some(Gone { size: found.size()?, places }) };
        let (functions, types) = (u32::try_from(found.functions.len())?, u32::try_from(found.types.len())?);
        Ok(Self { gone, functions, types, dispatchers, by_type, is_named: false })
    }

    /// The first of the functions that are told what is wrong, if there are any: they come after the switches.
    fn wrong(&self) -> Result<Option<u32>, AnotherForm> {
        let switches = u32::try_from(self.dispatchers.len())?;
        Ok(self.gone.as_ref().map(|_| self.functions.saturating_add(switches)))
    }

    /// The names of functions that are there, and of those that are added.
    fn named(&self, there: Option<wasmparser::NameMap<'_>>) -> Result<NameMap, Error<AnotherForm>> {
        let mut names = NameMap::new();
        for naming in there.into_iter().flatten() {
            let naming = naming?;
            names.append(naming.index, naming.name);
        }
        let switches = self.dispatchers.iter().map(|_| NAME);
        let wrong = self.gone.iter().flat_map(|_| wrong::NAMES);
        for (function, name) in (self.functions..).zip(switches.chain(wrong)) {
            names.append(function, name);
        }
        Ok(names)
    }
}

impl Reencode for Switched {
    type Error = AnotherForm;

    fn parse_core_module(
        &mut self,
        module: &mut Module,
        parser: Parser,
        data: &[u8],
    ) -> Result<(), Error<AnotherForm>> {
        utils::parse_core_module(self, module, parser, data)?;
        if !self.is_named {
            let mut names = NameSection::new();
            names.functions(&self.named(None)?);
            module.section(&names);
        }
        Ok(())
    }

    fn instruction<'a>(&mut self, operator: Operator<'a>) -> Result<Instruction<'a>, Error<AnotherForm>> {
        let Operator::CallIndirect { type_index, .. } = operator else { return utils::instruction(self, operator) };
        let number = self.by_type.get(&type_index).ok_or(AnotherForm)?;
        Ok(Instruction::Call(self.functions.saturating_add(*number)))
    }

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: TypeSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        utils::parse_type_section(self, types, section)?;
        let signatures: Vec<_> = self.dispatchers.iter().map(|dispatcher| dispatcher.signature.clone()).collect();
        for signature in signatures {
            let mut written = |types: &[wasmparser::ValType]| -> Result<Vec<ValType>, Error<AnotherForm>> {
                types.iter().map(|ty| self.val_type(*ty)).collect()
            };
            let (mut takes, gives) = (written(signature.params())?, written(signature.results())?);
            takes.push(ValType::I32);
            types.ty().function(takes, gives);
        }
        if self.gone.is_some() {
            types.ty().function([ValType::I32], []);
            types.ty().function([], []);
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        utils::parse_function_section(self, functions, section)?;
        let mut types = self.types..;
        for (_, ty) in self.dispatchers.iter().zip(&mut types) {
            functions.function(ty);
        }
        if let (Some(_), Some(finds), Some(traps)) = (&self.gone, types.next(), types.next()) {
            functions.function(finds).function(traps).function(traps).function(traps);
        }
        Ok(())
    }

    fn parse_table_section(
        &mut self,
        tables: &mut TableSection,
        section: TableSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        if self.gone.is_some() { Ok(()) } else { utils::parse_table_section(self, tables, section) }
    }

    /// All that it had is in the switches.
    fn parse_element_section(
        &mut self,
        _elements: &mut ElementSection,
        _section: ElementSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        utils::parse_code_section(self, code, section)?;
        let wrong = self.wrong()?;
        for dispatcher in &self.dispatchers {
            code.function(&dispatcher.body(wrong));
        }
        if let (Some(first), Some(Gone { size, places })) = (wrong, &self.gone) {
            for function in wrong::functions(first, *size, places) {
                code.function(&function);
            }
        }
        Ok(())
    }

    fn parse_custom_name_subsection(
        &mut self,
        names: &mut NameSection,
        section: Name<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        match section {
            Name::Function(there) => {
                names.functions(&self.named(Some(there))?);
                self.is_named = true;
                Ok(())
            }
            // Of what may be gone.
            Name::Table(_) | Name::Element(_) => Ok(()),
            name => utils::parse_custom_name_subsection(self, names, name),
        }
    }
}
