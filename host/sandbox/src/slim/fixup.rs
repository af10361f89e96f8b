//! The fix-up: a module that puts functions into a table, and does nothing else.

use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{ConstExpr, ImportSection};
use wasmparser::{ElementKind, Import, ImportSectionReader, Operator, Parser, Payload, TypeRef};

use super::AnotherForm;
use super::parts::only;
use super::shim::fixed_size;

/// A fix-up whose table is the end of a longer one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shifted {
    /// How many functions are in the longer table before it.
    by: u64,
}

impl Shifted {
    /// The fix-up that this module is, for a table of so many functions.
    pub(super) fn read(module: &[u8], size: u64, by: u64) -> Result<Self, AnotherForm> {
        let mut tables = Vec::new();
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
                        let ElementKind::Active { .. } = element?.kind else { return Err(AnotherForm) };
                    }
                }
                Payload::Version { .. } | Payload::TypeSection(_) | Payload::CustomSection(_) | Payload::End(_) => {}
                _ => return Err(AnotherForm),
            }
        }
        if fixed_size(&only(tables.into_iter())?)? != size {
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
        let operators = written.get_operators_reader().into_iter().collect::<Result<Vec<_>, _>>()?;
        let [Operator::I32Const { value }, Operator::End] = operators[..] else { return Err(AnotherForm.into()) };
        let shifted = i64::from(value).checked_add_unsigned(self.by).and_then(|place| i32::try_from(place).ok());
        Ok(ConstExpr::i32_const(shifted.filter(|_| value >= 0).ok_or(AnotherForm)?))
    }
}
