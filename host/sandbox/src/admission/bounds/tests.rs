//! Each bound, just below and just above. The modules are made by hand, since nothing here needs them to be valid.

use super::*;

type Section = (u8, Vec<u8>);

const MODULE: &[u8] = b"\0asm\x01\0\0\0";
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// A module or component of sections by their number and content.
fn of(header: &[u8], sections: &[Section]) -> Vec<u8> {
    let mut bytes = header.to_vec();
    for (id, content) in sections {
        bytes.push(*id);
        bytes.extend(number(content.len()));
        bytes.extend(content);
    }
    bytes
}

/// A component around a core module of these sections.
fn component(sections: &[Section]) -> Vec<u8> {
    of(COMPONENT, &[(1, of(MODULE, sections))])
}

/// An unsigned number as WebAssembly writes it.
fn number(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap());
    bytes
}

/// A code section with one function of so many local variables and this code.
fn function(locals: usize, code: &[u8]) -> Vec<Section> {
    let locals = [vec![1], number(locals), vec![0x7f]].concat();
    let body = [locals.as_slice(), code, &[0x0b]].concat();
    vec![(3, vec![1, 0]), (10, [vec![1], number(body.len()), body].concat())]
}

/// So many functions that do nothing.
fn functions(count: usize) -> Vec<Section> {
    let bodies = [2, 0, 0x0b].repeat(count);
    vec![(3, [number(count), vec![0; count]].concat()), (10, [number(count), bodies].concat())]
}

/// A section of so many of the same item.
fn items(id: u8, item: &[u8], count: usize) -> Section {
    (id, [number(count), item.repeat(count)].concat())
}

/// Holds a component of so many of something to their bound.
#[track_caller]
fn check_bound_of(what: &str, most: u64, make: impl Fn(usize) -> Vec<u8>) {
    let just = usize::try_from(most).unwrap();
    assert_eq!(check(&make(just)), Ok(()), "{what}");
    let refusal = Refusal::TooComplex { what: what.to_owned().into(), found: most + 1, most };
    assert_eq!(check(&make(just + 1)), Err(refusal));
}

/// The same for what is in a core module.
#[track_caller]
fn check_bound(what: &str, most: u64, make: impl Fn(usize) -> Vec<Section>) {
    check_bound_of(what, most, |count| component(&make(count)));
}

/// So many blocks, one after the other or inside one another.
fn blocks(count: usize, inside: bool) -> Vec<u8> {
    match inside {
        true => [[0x02, 0x40].repeat(count), vec![0x0b; count]].concat(),
        false => [0x02, 0x40, 0x0b].repeat(count),
    }
}

#[test]
fn functions_are_bounded() {
    check_bound("functions", FUNCTIONS, functions);
    // Two bytes for the number of locals, one for their type, one for the end come on top of the code.
    check_bound("bytes in one function", FUNCTION_BYTES, |bytes| function(1, &vec![0x01; bytes - 4]));
    check_bound("local variables in one function", LOCALS, |count| function(count, &[]));
    check_bound("blocks inside one another", NESTING, |count| function(1, &blocks(count, true)));
    check_bound("targets of jump tables in one function", TARGETS, |count| {
        // `i32.const 0`, `br_table`, and the default is one more that does not count.
        function(1, &[vec![0x41, 0, 0x0e], number(count), vec![0; count + 1]].concat())
    });
}

#[test]
fn variables_and_blocks_are_bounded_together() {
    let most = usize::try_from(LOCALS_TIMES_BLOCKS / LOCALS).unwrap();
    let locals = usize::try_from(LOCALS).unwrap();
    assert_eq!(check(&component(&function(locals, &blocks(most, false)))), Ok(()));
    let refusal = check(&component(&function(locals, &blocks(most + 1, false)))).unwrap_err();
    assert!(refusal.to_string().contains("local variables times blocks"), "{refusal}");
    assert_eq!(check(&component(&function(1, &blocks(most + 1, false)))), Ok(()));
}

/// Those that are too short for a bound are not read: the shortest ones that are not, which do not even end their blocks.
#[test]
fn the_shortest_function_beyond_a_bound_is_found() {
    let begun = |count: u64| [0x02, 0x40].repeat(usize::try_from(count).unwrap());
    let too_complex = |locals: u64, code: &[u8], expected: &str| {
        let refusal = check(&component(&function(usize::try_from(locals).unwrap(), code))).unwrap_err();
        assert!(refusal.to_string().contains(expected), "{refusal}");
    };
    too_complex(1, &begun(NESTING + 1), "blocks inside one another");
    too_complex(LOCALS, &begun(LOCALS_TIMES_BLOCKS / LOCALS + 1), "local variables times blocks");
}

#[test]
fn what_a_core_module_declares_is_bounded() {
    check_bound("types", TYPES, |count| vec![items(1, &[0x60, 0, 0], count)]);
    check_bound("functions", FUNCTIONS, |count| vec![items(2, &[0, 0, 0, 0], count)]);
    check_bound("tables", TABLES, |count| vec![items(4, &[0x70, 0, 1], count)]);
    check_bound("memories", MEMORIES, |count| vec![items(5, &[0, 1], count)]);
    check_bound("globals", GLOBALS, |count| vec![items(6, &[0x7f, 0, 0x41, 0, 0x0b], count)]);
    check_bound("functions", FUNCTIONS, |count| vec![items(7, &[0, 0, 0], count)]);
    check_bound("segments", SEGMENTS, |count| vec![items(9, &[1, 0, 0], count)]);
    check_bound("segments", SEGMENTS, |count| vec![items(11, &[1, 0], count)]);
    // One segment that is not put anywhere, of so many functions or bytes.
    let segment = |id, head: &[u8], count: usize| vec![(id, [head, &number(count), &vec![0; count]].concat())];
    check_bound("elements", ELEMENTS, |count| segment(9, &[1, 1, 0], count));
    check_bound("bytes of data", DATA_BYTES, |count| segment(11, &[1, 1], count));
}

#[test]
fn what_a_component_declares_is_bounded() {
    check_bound_of("core modules", MODULES, |count| of(COMPONENT, &vec![(1, MODULE.to_vec()); count]));
    check_bound_of("nested components", COMPONENTS, |count| of(COMPONENT, &vec![(4, COMPONENT.to_vec()); count]));
    check_bound_of("types", TYPES, |count| of(COMPONENT, &[items(3, &[0x60, 0, 0], count)]));
    check_bound_of("types", TYPES, |count| of(COMPONENT, &[items(6, &[1, 0, 0, 0], count)]));
    check_bound_of("types", TYPES, |count| of(COMPONENT, &[items(7, &[0x7f], count)]));
    check_bound_of("functions", FUNCTIONS, |count| of(COMPONENT, &[items(8, &[3, 0], count)]));
    check_bound_of("instances", INSTANCES, |count| of(COMPONENT, &[items(2, &[1, 0], count)]));
    check_bound_of("instances", INSTANCES, |count| of(COMPONENT, &[items(5, &[1, 0], count)]));
    check_bound_of("imports and exports", NAMES, |count| of(COMPONENT, &[items(10, &[0, 1, b'a', 1, 0], count)]));
    check_bound_of("imports and exports", NAMES, |count| of(COMPONENT, &[items(11, &[0, 1, b'a', 1, 0, 0], count)]));
    let named = |length: usize| [vec![0], number(length), vec![b'a'; length], vec![1, 0]].concat();
    check_bound_of("bytes in one name", NAME_BYTES, |length| of(COMPONENT, &[items(10, &named(length), 1)]));
    let nested = |depth| (0..depth).fold(COMPONENT.to_vec(), |inner, _| of(COMPONENT, &[(4, inner)]));
    check_bound_of("components inside one another", DEPTH, nested);
}

#[test]
fn what_ends_early_is_malformed() {
    let whole = component(&function(1, &[0x01; 10]));
    // A module that ends right after its header is for the validator to refuse.
    for length in 19..whole.len() {
        assert!(check(&whole[..length]).is_err_and(|refusal| refusal.kind() == "malformed"), "{length} bytes of it");
    }
}
