//! What there is to know of a module that calls through a table.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::{
    ConstExpr, Element, ElementItems, ElementKind, ExternalKind, FuncType, FunctionBody, Operator, Parser, Payload,
    RefType, Table, TableInit, TypeRef,
};

use crate::limits::Limits;
use crate::slim::AnotherForm;
use crate::slim::fixup::first_place;
use crate::slim::parts::only;

/// What a module is found to be.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub(super) types: Vec<FuncType>,
    /// The types of all its functions, those that are imported first.
    pub(super) functions: Vec<u32>,
    tables: Vec<Table<'a>>,
    elements: Vec<Element<'a>>,
    /// Whether others may have its table.
    pub(super) is_table_exported: bool,
    /// The types by which it calls through its table.
    pub(super) called: BTreeSet<u32>,
}

impl<'a> Found<'a> {
    pub(super) fn read(module: &'a [u8]) -> Result<Self, AnotherForm> {
        let (mut found, mut defined) = (Self::default(), 0);
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    found.types = section.into_iter_err_on_gc_types().collect::<Result<_, _>>()?;
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        match import?.ty {
                            TypeRef::Func(ty) => found.functions.push(ty),
                            TypeRef::FuncExact(_) | TypeRef::Table(_) => return Err(AnotherForm),
                            _ => {}
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    defined = section.count();
                    for ty in section {
                        found.functions.push(ty?);
                    }
                }
                Payload::TableSection(section) => found.tables = section.into_iter().collect::<Result<_, _>>()?,
                Payload::GlobalSection(section) => {
                    for global in section {
                        is_without_functions(&global?.init_expr)?;
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        found.is_table_exported |= export?.kind == ExternalKind::Table;
                    }
                }
                Payload::ElementSection(section) => found.elements = section.into_iter().collect::<Result<_, _>>()?,
                Payload::CodeSectionEntry(body) => found.called(&body)?,
                _ => {}
            }
        }
        // Sections get more, and what is not there is not written.
        if defined == 0 { Err(AnotherForm) } else { Ok(found) }
    }

    /// Reads a function's calls through the table, which is all that it may do with one.
    fn called(&mut self, body: &FunctionBody<'_>) -> Result<(), AnotherForm> {
        for operator in body.get_operators_reader()? {
            match operator? {
                Operator::CallIndirect { type_index, table_index: 0 } => {
                    self.called.insert(type_index);
                }
                Operator::CallIndirect { .. }
                | Operator::ReturnCallIndirect { .. }
                | Operator::CallRef { .. }
                | Operator::ReturnCallRef { .. }
                | Operator::RefFunc { .. }
                | Operator::TableGet { .. }
                | Operator::TableSet { .. }
                | Operator::TableSize { .. }
                | Operator::TableGrow { .. }
                | Operator::TableFill { .. }
                | Operator::TableCopy { .. }
                | Operator::TableInit { .. }
                | Operator::ElemDrop { .. } => return Err(AnotherForm),
                _ => {}
            }
        }
        Ok(())
    }

    /// How many places its table has. One that is larger than any may be has to be found out by who makes tables.
    pub(super) fn size(&self) -> Result<u32, AnotherForm> {
        let size = only(self.tables.iter())?.ty.initial;
        let is_small = usize::try_from(size).is_ok_and(|size| size <= Limits::MAX_TABLE_ELEMENTS);
        if is_small { Ok(u32::try_from(size)?) } else { Err(AnotherForm) }
    }

    /// What is in the places of its table before anybody else fills one.
    pub(super) fn places(&self) -> Result<BTreeMap<u32, u32>, AnotherForm> {
        let table = only(self.tables.iter())?;
        let is_plain = table.ty.element_type == RefType::FUNCREF && !table.ty.table64 && !table.ty.shared;
        if !is_plain || !matches!(table.init, TableInit::RefNull) {
            return Err(AnotherForm);
        }
        let mut places = BTreeMap::new();
        for element in &self.elements {
            let ElementKind::Active { table_index: None | Some(0), offset_expr } = &element.kind else {
                return Err(AnotherForm);
            };
            let ElementItems::Functions(functions) = &element.items else { return Err(AnotherForm) };
            let first = first_place(offset_expr)?;
            // One that does not fit keeps the instance from being made, functions or not.
            if u64::from(first).saturating_add(functions.count().into()) > table.ty.initial {
                return Err(AnotherForm);
            }
            for (place, function) in (first..).zip(functions.clone()) {
                places.insert(place, function?);
            }
        }
        Ok(places)
    }
}

/// Nobody but a segment names functions.
pub(in crate::slim) fn is_without_functions(expression: &ConstExpr<'_>) -> Result<(), AnotherForm> {
    for operator in expression.get_operators_reader() {
        if let Operator::RefFunc { .. } = operator? {
            return Err(AnotherForm);
        }
    }
    Ok(())
}
