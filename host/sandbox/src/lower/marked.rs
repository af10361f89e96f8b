//! What tells compiled code of a guest that takes all texts of a request in one place: its export has a second name.

use wasm_encoder::{ComponentExportKind, ComponentExportSection, ComponentSection};
use wasmparser::{ComponentExternalKind, Parser, Payload};

/// The second name.
pub(crate) const MARK: &str = "provision-in-one-go";

/// The same component with its mark; none if it exports no such function, or has something of that name already.
pub(crate) fn marked(wasm: &[u8]) -> Option<Vec<u8>> {
    let function = provision(wasm)?;
    let mut exports = ComponentExportSection::new();
    exports.export(MARK, ComponentExportKind::Func, function, None);
    let mut marked = wasm.to_vec();
    exports.append_to_component(&mut marked);
    Some(marked)
}

/// The number of the function that a component exports as `provision`, if nothing has the second name.
fn provision(wasm: &[u8]) -> Option<u32> {
    let (mut depth, mut function) = (0_u32, None);
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.ok()? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth = depth.saturating_add(1),
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    let export = export.ok()?;
                    match export.name.name {
                        MARK => return None,
                        "provision" if export.kind == ComponentExternalKind::Func => function = Some(export.index),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    function
}

#[cfg(test)]
mod tests {
    use wasmparser::ValidPayload;

    use super::*;

    /// Marks a component of this text, and says which functions it exports as what.
    #[track_caller]
    fn check(text: &str, expected: Option<&[(&str, u32)]>) {
        let component = wat::parse_str(format!("(component {text})")).unwrap();
        let Some(marked) = marked(&component) else {
            assert_eq!(expected, None);
            return;
        };
        let (mut exports, mut validator) = (Vec::new(), wasmparser::Validator::new());
        for payload in Parser::new(0).parse_all(&marked) {
            let payload = payload.unwrap();
            let Ok(ValidPayload::Ok | ValidPayload::End(_) | ValidPayload::Parser(_) | ValidPayload::Func(..)) =
                validator.payload(&payload)
            else {
                panic!("it is not valid any more");
            };
            if let Payload::ComponentExportSection(section) = payload {
                exports.extend(
                    section.into_iter().map(|export| export.unwrap()).map(|e| (e.name.name.to_owned(), e.index)),
                );
            }
        }
        let exports: Vec<_> = exports.iter().map(|(name, index)| (&**name, *index)).collect();
        assert_eq!(Some(&exports[..]), expected);
    }

    #[test]
    fn the_export_gets_a_second_name() {
        let import = r#"(import "f" (func $f))"#;
        check(&format!(r#"{import} (export "other" (func $f))"#), None);
        check(&format!(r#"{import} (export "provision" (func $f))"#), Some(&[("provision", 0), (MARK, 0)]));
        check(
            &format!(r#"{import} (import "g" (func $g)) (export "other" (func $f)) (export "provision" (func $g))"#),
            Some(&[("other", 0), ("provision", 1), (MARK, 1)]),
        );
    }

    #[test]
    fn what_has_the_name_already_stays_as_it_is() {
        check(&format!(r#"(import "f" (func $f)) (export "provision" (func $f)) (export "{MARK}" (func $f))"#), None);
    }

    #[test]
    fn a_component_within_is_none_of_its_business() {
        check(r#"(component (import "f" (func $f)) (export "provision" (func $f)))"#, None);
    }
}
