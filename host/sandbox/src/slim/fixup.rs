//! The fix-up: a module that puts functions into a table, and does nothing else.

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{ConstExpr, ImportSection};
use wasmparser::{
    ElementItems, ElementKind, FuncType, Import, ImportSectionReader, Operator, Parser, Payload, TableType, TypeRef,
};

use super::AnotherForm;
use super::parts::{get, only};
use super::shim::fixed_size;

/// A fix-up whose table is the end of a longer one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shifted {
    /// How many functions are in the longer table before it.
    by: u64,
}

/// What a fix-up is found to do.
pub(super) struct Filled<'a> {
    /// The table, and both names that it is imported by.
    table: TableType,
    pub(super) table_names: (&'a str, &'a str),
    /// The functions that it imports: their types, and both their names.
    pub(super) functions: Vec<(FuncType, (&'a str, &'a str))>,
    /// What it fills, in this order: from which place on, with what.
    pub(super) segments: Vec<(u32, ElementItems<'a>)>,
}

impl<'a> Filled<'a> {
    /// Reads a fix-up: any module that fills places of one table that it imports, and does nothing else.
    pub(super) fn read(module: &'a [u8]) -> Result<Self, AnotherForm> {
        let (mut types, mut tables, mut functions, mut segments) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    types = section.into_iter_err_on_gc_types().collect::<Result<_, _>>()?;
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import?;
                        let names = (import.module, import.name);
                        match import.ty {
                            TypeRef::Func(ty) => functions.push((get(&types, ty).ok_or(AnotherForm)?.clone(), names)),
                            TypeRef::Table(table) => tables.push((table, names)),
                            _ => return Err(AnotherForm),
                        }
                    }
                }
                Payload::ElementSection(section) => {
                    for element in section {
                        let element = element?;
                        let ElementKind::Active { offset_expr, .. } = &element.kind else { return Err(AnotherForm) };
                        segments.push((first_place(offset_expr)?, element.items));
                    }
                }
                Payload::Version { .. } | Payload::CustomSection(_) | Payload::End(_) => {}
                _ => return Err(AnotherForm),
            }
        }
        let (table, table_names) = only(tables.into_iter())?;
        Ok(Self { table, table_names, functions, segments })
    }

    /// The places that it fills, each as often as it does.
    pub(super) fn places(&self) -> Result<Vec<u32>, AnotherForm> {
        let mut places = Vec::new();
        for (first, items) in &self.segments {
            let count = match items {
                ElementItems::Functions(functions) => functions.count(),
                ElementItems::Expressions(_, expressions) => expressions.count(),
            };
            places.extend(*first..first.checked_add(count).ok_or(AnotherForm)?);
        }
        Ok(places)
    }
}

/// The place in the table that a segment begins at.
pub(super) fn first_place(expression: &wasmparser::ConstExpr<'_>) -> Result<u32, AnotherForm> {
    let operators = expression.get_operators_reader().into_iter().collect::<Result<Vec<_>, _>>()?;
    let [Operator::I32Const { value }, Operator::End] = operators[..] else { return Err(AnotherForm) };
    Ok(u32::try_from(value)?)
}

impl Shifted {
    /// The fix-up that this module is, for a table of so many functions.
    pub(super) fn read(module: &[u8], size: u64, by: u64) -> Result<Self, AnotherForm> {
        if fixed_size(&Filled::read(module)?.table)? != size {
            return Err(AnotherForm);
        }
        Ok(Self { by })
    }
}

impl Reencode for Shifted {
    type Error = AnotherForm;

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        for import in section.into_imports() {
            let mut import: Import<'_> = import?;
            if let TypeRef::Table(table) = &mut import.ty {
                table.initial = table.initial.checked_add(self.by).ok_or(AnotherForm)?;
                table.maximum = Some(table.initial);
            }
            utils::parse_import(self, imports, import)?;
        }
        Ok(())
    }

    /// Where in the table a segment begins: there are no others.
    fn const_expr(&mut self, written: wasmparser::ConstExpr<'_>) -> Result<ConstExpr, Error<AnotherForm>> {
        let shifted = u64::from(first_place(&written)?).checked_add(self.by);
        Ok(ConstExpr::i32_const(shifted.and_then(|place| i32::try_from(place).ok()).ok_or(AnotherForm)?))
    }
}
