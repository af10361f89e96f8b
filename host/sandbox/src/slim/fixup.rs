//! The fix-up: a module that puts functions into a table, and does nothing else.

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{ConstExpr, ImportSection};
use wasmparser::{
    ElementItems, ElementKind, Import, ImportSectionReader, Operator, Parser, Payload, TableType, TypeRef,
};

use super::AnotherForm;
use super::parts::only;
use super::shim::fixed_size;

/// A fix-up whose table is the end of a longer one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shifted {
    /// How many functions are in the longer table before it.
    by: u64,
}

/// What a fix-up is found to do.
pub(super) struct Filled {
    table: TableType,
    /// The places that it fills, each as often as it does.
    pub(super) places: Vec<u32>,
}

/// Reads a fix-up: any module that fills places of one table that it imports, and does nothing else.
pub(super) fn filled(module: &[u8]) -> Result<Filled, AnotherForm> {
    let (mut tables, mut places) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    match import?.ty {
                        TypeRef::Func(_) => {}
                        TypeRef::Table(table) => tables.push(table),
                        _ => return Err(AnotherForm),
                    }
                }
            }
            Payload::ElementSection(section) => {
                for element in section {
                    let element = element?;
                    let ElementKind::Active { offset_expr, .. } = &element.kind else { return Err(AnotherForm) };
                    let first = first_place(offset_expr)?;
                    let count = match &element.items {
                        ElementItems::Functions(functions) => functions.count(),
                        ElementItems::Expressions(_, expressions) => expressions.count(),
                    };
                    places.extend(first..first.checked_add(count).ok_or(AnotherForm)?);
                }
            }
            Payload::Version { .. } | Payload::TypeSection(_) | Payload::CustomSection(_) | Payload::End(_) => {}
            _ => return Err(AnotherForm),
        }
    }
    Ok(Filled { table: only(tables.into_iter())?, places })
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
        if fixed_size(&filled(module)?.table)? != size {
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
