//! The contract in `wit/`: documented throughout, and two worlds that differ in one word.

use std::path::Path;

use wit_parser::{Docs, FunctionKind, Resolve, TypeDefKind, WorldItem};

fn resolve() -> Resolve {
    let mut resolve = Resolve::new();
    resolve.push_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit")).unwrap();
    resolve
}

/// Everything of the contract by name, with its documentation.
fn items(resolve: &Resolve) -> Vec<(String, Docs)> {
    let mut items = Vec::new();
    for (_, interface) in &resolve.interfaces {
        let of = interface.name.clone().unwrap_or_default();
        items.push((of.clone(), interface.docs.clone()));
        items
            .extend(interface.functions.iter().map(|(name, function)| (format!("{of}#{name}"), function.docs.clone())));
    }
    for (_, world) in &resolve.worlds {
        items.push((world.name.clone(), world.docs.clone()));
        for (key, item) in &world.exports {
            if let WorldItem::Function(function) = item {
                items.push((format!("{}#{key:?}", world.name), function.docs.clone()));
            }
        }
    }
    for (_, ty) in &resolve.types {
        let Some(of) = &ty.name else { continue };
        items.extend(match &ty.kind {
            TypeDefKind::Record(record) => parts(of, record.fields.iter().map(|field| (&field.name, &field.docs))),
            TypeDefKind::Variant(variant) => parts(of, variant.cases.iter().map(|case| (&case.name, &case.docs))),
            TypeDefKind::Enum(cases) => parts(of, cases.cases.iter().map(|case| (&case.name, &case.docs))),
            // A name for a type of another interface is documented there.
            _ => continue,
        });
        items.push((of.clone(), ty.docs.clone()));
    }
    items
}

fn parts<'a>(of: &str, parts: impl Iterator<Item = (&'a String, &'a Docs)>) -> Vec<(String, Docs)> {
    parts.map(|(name, docs)| (format!("{of}.{name}"), docs.clone())).collect()
}

#[test]
fn every_item_is_documented() {
    let items = items(&resolve());
    assert!(items.len() > 100, "{} items are not all of the contract", items.len());
    let bare: Vec<_> = items.iter().filter(|(_, docs)| docs.contents.is_none()).map(|(name, _)| name).collect();
    assert!(bare.is_empty(), "{bare:?}");
}

#[test]
fn the_worlds_differ_in_one_word() {
    let resolve = resolve();
    let world = |name: &str| resolve.worlds.iter().find(|(_, world)| world.name == name).unwrap().1;
    let (plain, asynchronous) = (world("workflow"), world("workflow-async"));
    let imports =
        |world: &wit_parser::World| world.imports.keys().map(|key| resolve.name_world_key(key)).collect::<Vec<_>>();
    assert_eq!(imports(plain), imports(asynchronous));
    for (world, kind) in [(plain, FunctionKind::Freestanding), (asynchronous, FunctionKind::AsyncFreestanding)] {
        let exports: Vec<_> = world.exports.values().collect();
        let [WorldItem::Function(provision)] = exports[..] else { panic!("{exports:?}") };
        assert_eq!((provision.name.as_str(), &provision.kind), ("provision", &kind));
    }
}

/// `usher:provisioning` has no function that changes anything, and every function is one that somebody looked at.
#[test]
fn i1_the_contract_has_these_functions_and_no_others() {
    let resolve = resolve();
    let functions = resolve.interfaces.iter().flat_map(|(_, interface)| {
        let of = interface.name.clone().unwrap_or_default();
        interface.functions.keys().map(move |name| format!("{of}#{name}"))
    });
    let mut functions: Vec<_> = functions.collect();
    functions.sort();
    let expected = [
        "env#get",
        "identity#get-linked-sources",
        "identity#get-linked-targets",
        "identity#read-custom-data",
        "identity#resolve-jwt",
        "log#write",
    ];
    assert_eq!(functions, expected);
}
