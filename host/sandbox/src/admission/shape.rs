//! The module validated, and its outer shape: what it imports and what it exports.

use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};
use wasmparser::types::Types;
use wasmparser::{BinaryReaderError, Chunk, Parser, Payload, ValidPayload, Validator, WasmFeatures};

use super::{Refusal, World};

/// A component from the outside.
pub(super) struct Shape {
    pub(super) imports: Vec<Import>,
    exports: Vec<Export>,
}

/// One import: an interface with the functions it is expected to have, or a lone item.
pub(super) struct Import {
    pub(super) name: String,
    pub(super) kind: ImportKind,
}

pub(super) enum ImportKind {
    Interface { functions: Vec<String> },
    Other,
}

struct Export {
    name: String,
    /// Whether it is an asynchronous function; none when it is not a function.
    function: Option<bool>,
}

impl Shape {
    /// Which world the component is built for.
    pub(super) fn world(&self) -> Result<World, Refusal> {
        let provision = self.exports.iter().find(|export| export.name == "provision");
        match provision.and_then(|export| export.function) {
            Some(true) => Ok(World::WorkflowAsync),
            Some(false) => Ok(World::Workflow),
            None => {
                let names: Vec<_> = self.exports.iter().map(|export| format!("`{}`", export.name)).collect();
                let exports = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
                Err(Refusal::WrongWorld { exports })
            }
        }
    }
}

/// Validates everything but the bodies of functions, and reads the shape. The compiler validates each body before it
/// compiles it, so that this is not done twice.
pub(super) fn read(wasm: &[u8]) -> Result<Shape, Refusal> {
    let types = types(wasm)?;
    let (imports, exports) = outer_names(wasm).map_err(malformed)?;
    let types = types.as_ref();

    let imports = imports.into_iter().filter_map(|name| {
        let kind = match types.component_item_for_import(&name).map(|item| item.ty) {
            Some(ComponentEntityType::Instance(id)) => {
                let is_function = |ty: &ComponentEntityType| matches!(ty, ComponentEntityType::Func(_));
                let items = types.get(id).map(|instance| &instance.exports);
                let functions = items.into_iter().flatten().filter(|(_, item)| is_function(&item.ty));
                ImportKind::Interface { functions: functions.map(|(name, _)| name.clone()).collect() }
            }
            // A name for a type of one of the interfaces asks for nothing.
            Some(ComponentEntityType::Type { created, .. }) if !matches!(created, ComponentAnyTypeId::Resource(_)) => {
                return None;
            }
            _ => ImportKind::Other,
        };
        Some(Import { name, kind })
    });
    let exports = exports.into_iter().map(|name| {
        let function = match types.component_item_for_export(&name).map(|item| item.ty) {
            Some(ComponentEntityType::Func(id)) => types.get(id).map(|function| function.async_),
            _ => None,
        };
        Export { name, function }
    });
    Ok(Shape { imports: imports.collect(), exports: exports.collect() })
}

/// Validates every byte. What the compiler does not take may be no valid module or ask for more than this host has, and
/// that is told apart here.
pub(super) fn check_bodies(wasm: &[u8]) -> Result<(), Refusal> {
    Validator::new_with_features(WasmFeatures::all()).validate_all(wasm).map(drop).map_err(malformed)
}

/// The types of the outermost component, which ends last.
fn types(wasm: &[u8]) -> Result<Types, Refusal> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let mut parser = Parser::new(0);
    parser.set_features(WasmFeatures::all());
    let mut outermost = None;
    for payload in parser.parse_all(wasm) {
        if let ValidPayload::End(types) = validator.payload(&payload.map_err(malformed)?).map_err(malformed)? {
            outermost = Some(types);
        }
    }
    outermost.ok_or_else(|| Refusal::Malformed { reason: "it has no end".to_owned() })
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn malformed(error: BinaryReaderError) -> Refusal {
    Refusal::Malformed { reason: error.to_string() }
}

/// The names of what the outermost component imports and exports, in their order.
fn outer_names(wasm: &[u8]) -> Result<(Vec<String>, Vec<String>), BinaryReaderError> {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let (mut parser, mut rest, mut depth) = (Parser::new(0), wasm, 0_usize);
    let mut stack = Vec::new();
    loop {
        let Chunk::Parsed { consumed, payload } = parser.parse(rest, true)? else { return Ok((imports, exports)) };
        rest = rest.get(consumed..).unwrap_or_default();
        match payload {
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    imports.push(import?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    exports.push(export?.name.name.to_owned());
                }
            }
            Payload::ModuleSection { parser: inner, .. } | Payload::ComponentSection { parser: inner, .. } => {
                stack.push(std::mem::replace(&mut parser, inner));
                depth = depth.saturating_add(1);
            }
            Payload::End(_) => match stack.pop() {
                Some(outer) => {
                    parser = outer;
                    depth = depth.saturating_sub(1);
                }
                None => return Ok((imports, exports)),
            },
            _ => {}
        }
    }
}
