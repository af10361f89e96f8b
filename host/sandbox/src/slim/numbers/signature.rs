//! The log as a component imports it, before and after.

use wasm_encoder::reencode::{Error, ReencodeComponent};
use wasm_encoder::{ComponentValType, InstanceType, PrimitiveValType};
use wasmparser::{
    ComponentDefinedType, ComponentType, ComponentTypeRef, ComponentValType as Declared,
    InstanceTypeDeclaration as Declaration, PrimitiveValType as Primitive, TypeBounds,
};

use super::plan::WRITE;
use crate::readonly::PIECE_WORDS;
use crate::slim::AnotherForm;

/// Whether an instance is declared as the log is: a level, and a function that takes one and a text.
pub(super) fn is_the_logs(declared: &[Declaration<'_>]) -> bool {
    let [
        Declaration::Type(ComponentType::Defined(ComponentDefinedType::Enum(_))),
        Declaration::Export { ty: ComponentTypeRef::Type(TypeBounds::Eq(0)), .. },
        Declaration::Type(ComponentType::Func(write)),
        Declaration::Export { name, ty: ComponentTypeRef::Func(2) },
    ] = declared
    else {
        return false;
    };
    let takes = matches!(*write.params, [(_, Declared::Type(1)), (_, Declared::Primitive(Primitive::String))]);
    name.name == WRITE && takes && write.result.is_none() && !write.async_
}

/// The same, whose function takes a piece of the text in numbers: the level, how many bytes are left, and the next of them.
pub(super) fn in_numbers<Writer: ReencodeComponent<Error = AnotherForm>>(
    writer: &mut Writer,
    declared: Box<[Declaration<'_>]>,
) -> Result<InstanceType, Error<AnotherForm>> {
    let mut instance = InstanceType::new();
    for declaration in declared {
        match declaration {
            Declaration::Type(ComponentType::Func(_)) => {
                let words = (0..PIECE_WORDS).map(|word| (format!("word{word}"), PrimitiveValType::U64.into()));
                let names = [
                    ("level".to_owned(), ComponentValType::Type(1)),
                    ("left".to_owned(), PrimitiveValType::U32.into()),
                ];
                let parameters: Vec<(String, ComponentValType)> = names.into_iter().chain(words).collect();
                let parameters = parameters.iter().map(|(name, ty)| (name.as_str(), *ty));
                instance.ty().function().async_(false).params(parameters).result(None);
            }
            declaration => writer.parse_component_instance_type_declaration(&mut instance, declaration)?,
        }
    }
    Ok(instance)
}
