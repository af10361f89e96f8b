//! Each bound, just below and just above. The modules are made by hand, since nothing here needs them to be valid.

use super::*;

/// A core module inside a component, of sections by their number and content.
fn component(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    for (id, content) in sections {
        module.push(*id);
        module.extend(number(content.len()));
        module.extend(content);
    }
    let mut component = b"\0asm\x0d\0\x01\0".to_vec();
    component.push(1);
    component.extend(number(module.len()));
    component.extend(module);
    component
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
fn function(locals: usize, code: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let locals = [vec![1], number(locals), vec![0x7f]].concat();
    let body = [locals.as_slice(), code, &[0x0b]].concat();
    vec![(3, vec![1, 0]), (10, [vec![1], number(body.len()), body].concat())]
}

/// So many functions that do nothing.
fn functions(count: usize) -> Vec<(u8, Vec<u8>)> {
    let bodies = [2, 0, 0x0b].repeat(count);
    vec![(3, [number(count), vec![0; count]].concat()), (10, [number(count), bodies].concat())]
}

#[track_caller]
fn check_bound(what: &str, most: u64, make: impl Fn(usize) -> Vec<(u8, Vec<u8>)>) {
    let just = usize::try_from(most).unwrap();
    assert_eq!(check(&component(&make(just))), Ok(()), "{what}");
    let refusal = Refusal::TooComplex { what: what.to_owned().into(), found: most + 1, most };
    assert_eq!(check(&component(&make(just + 1))), Err(refusal));
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

#[test]
fn components_are_bounded_in_number_and_depth() {
    let nested = |depth: usize| {
        let mut component = b"\0asm\x0d\0\x01\0".to_vec();
        for _ in 0..depth {
            let inner = [vec![4], number(component.len()), component].concat();
            component = [b"\0asm\x0d\0\x01\0".as_slice(), &inner].concat();
        }
        component
    };
    let most = usize::try_from(DEPTH).unwrap();
    assert_eq!(check(&nested(most)), Ok(()));
    let refusal = check(&nested(most + 1)).unwrap_err();
    assert_eq!(refusal.kind(), "too-complex");
}

#[test]
fn what_ends_early_is_malformed() {
    let whole = component(&function(1, &[0x01; 10]));
    // A module that ends right after its header is for the validator to refuse.
    for length in 19..whole.len() {
        assert!(check(&whole[..length]).is_err_and(|refusal| refusal.kind() == "malformed"), "{length} bytes of it");
    }
}
