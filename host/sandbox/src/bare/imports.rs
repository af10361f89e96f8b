//! What a module may call: the functions of the contract, each of which reads what it is told from the caller's memory and writes
//! its answer there.

use wasmtime::{Caller, Linker, Trap};

use super::room::Room;
use crate::bindings::identity::{CustomDataOptions, IdentityLink, User};
use crate::bindings::types::UserType;
use crate::frozen::{clocks, exit_now, random};
use crate::instance::{RunState, charge_call};
use crate::log::Level;
use crate::readonly::{env, identity, log};

const ENV: &str = "usher:provisioning/env";
const IDENTITY: &str = "usher:provisioning/identity";
const LOG: &str = "usher:provisioning/log";
const EXIT: &str = "wasi:cli/exit";
const MONOTONIC: &str = "wasi:clocks/monotonic-clock";
const WALL: &str = "wasi:clocks/wall-clock";
const RANDOM: &str = "wasi:random/random";
const SEED: &str = "wasi:random/insecure-seed";

/// All there are: the contract, and of what standard libraries ask of WASI that which workflows have a use for. The names of
/// interfaces are without a version: a component is linked by its own before it is taken for a module.
const ALL: [(&str, &str); 12] = [
    (ENV, "get"),
    (IDENTITY, "read-custom-data"),
    (IDENTITY, "resolve-jwt"),
    (IDENTITY, "get-linked-sources"),
    (IDENTITY, "get-linked-targets"),
    (LOG, "write"),
    (EXIT, "exit"),
    (MONOTONIC, "now"),
    (WALL, "now"),
    (RANDOM, "get-random-bytes"),
    (RANDOM, "get-random-u64"),
    (SEED, "insecure-seed"),
];

/// Whether this is one of them.
pub(crate) fn has(interface: &str, name: &str) -> bool {
    ALL.contains(&(interface, name))
}

/// Gives every module the same imports.
pub(crate) fn link(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    linker.func_wrap(ENV, "get", |mut caller: Caller<'_, RunState>, at: u32, bytes: u32, to: u32| {
        let room = left(&mut caller)?;
        let name = room.reader(&caller).text(at, bytes)?;
        let value = env::get(&mut caller, &name)?;
        room.give(&mut caller, to, &value)
    })?;
    linker.func_wrap(LOG, "write", |mut caller: Caller<'_, RunState>, level: u32, at: u32, bytes: u32| {
        let room = left(&mut caller)?;
        let level = case(level, [Level::Debug, Level::Info, Level::Warn, Level::Error])?;
        let message = room.reader(&caller).text(at, bytes)?;
        log::write(&mut caller, level, &message)
    })?;
    linker.func_wrap(EXIT, "exit", |mut caller: Caller<'_, RunState>, status: u32| {
        may_leave(&caller)?;
        case(status, [(), ()])?;
        exit_now(&mut caller)
    })?;
    link_clocks(linker)?;
    link_random(linker)?;
    link_identity(linker)
}

fn link_clocks(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    linker.func_wrap(MONOTONIC, "now", |mut caller: Caller<'_, RunState>| {
        may_leave(&caller)?;
        charge_call(&mut caller, 0)?;
        Ok(clocks::monotonic_nanos(caller.data()))
    })?;
    linker.func_wrap(WALL, "now", |mut caller: Caller<'_, RunState>, to: u32| {
        let room = left(&mut caller)?;
        charge_call(&mut caller, 0)?;
        let now = clocks::wall_clock(caller.data());
        room.give(&mut caller, to, &now)
    })?;
    Ok(())
}

fn link_random(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    linker.func_wrap(RANDOM, "get-random-bytes", |mut caller: Caller<'_, RunState>, len: u64, to: u32| {
        let room = left(&mut caller)?;
        charge_call(&mut caller, 0)?;
        let bytes = random::bytes(&mut caller, len)?;
        room.give(&mut caller, to, &bytes)
    })?;
    linker.func_wrap(RANDOM, "get-random-u64", |mut caller: Caller<'_, RunState>| {
        may_leave(&caller)?;
        charge_call(&mut caller, 0)?;
        random::number(&mut caller)
    })?;
    linker.func_wrap(SEED, "insecure-seed", |mut caller: Caller<'_, RunState>, to: u32| {
        let room = left(&mut caller)?;
        charge_call(&mut caller, 0)?;
        let seed = random::seed(&mut caller)?;
        room.give(&mut caller, to, &seed)
    })?;
    Ok(())
}

fn link_identity(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    linker.func_wrap(
        IDENTITY,
        "read-custom-data",
        |mut caller: Caller<'_, RunState>, at, bytes, ty, key_at, key_bytes, cross_brand: u32, to| {
            let room = left(&mut caller)?;
            let mut reader = room.reader(&caller);
            let user = User { identifier: reader.text(at, bytes)?, user_type: user_type(ty)? };
            let key = reader.text(key_at, key_bytes)?;
            let options = CustomDataOptions { cross_brand: cross_brand != 0 };
            let value = identity::read_custom_data(&mut caller, user, key, options)?;
            room.give(&mut caller, to, &value)
        },
    )?;
    linker.func_wrap(IDENTITY, "resolve-jwt", |mut caller: Caller<'_, RunState>, at: u32, bytes: u32, to: u32| {
        let room = left(&mut caller)?;
        let token = room.reader(&caller).text(at, bytes)?;
        let found = identity::resolve_jwt(&mut caller, token)?;
        room.give(&mut caller, to, &found)
    })?;
    let links: [(&str, Links); 2] = [
        ("get-linked-sources", |caller, user| identity::get_linked_sources(caller, user)),
        ("get-linked-targets", |caller, user| identity::get_linked_targets(caller, user)),
    ];
    for (name, find) in links {
        linker.func_wrap(
            IDENTITY,
            name,
            move |mut caller: Caller<'_, RunState>, at: u32, bytes: u32, ty: u32, to: u32| {
                let room = left(&mut caller)?;
                let user = User { identifier: room.reader(&caller).text(at, bytes)?, user_type: user_type(ty)? };
                let found = find(&mut caller, user)?;
                room.give(&mut caller, to, &found)
            },
        )?;
    }
    Ok(())
}

/// Finds links of a user, for a module that asks.
type Links = fn(&mut Caller<'_, RunState>, User) -> wasmtime::Result<identity::Found<Vec<IdentityLink>>>;

/// The guest that calls, if it may.
fn left(caller: &mut Caller<'_, RunState>) -> wasmtime::Result<Room> {
    may_leave(caller)?;
    Room::of_caller(caller)
}

/// Whether a guest may call: not while it is asked for a place, nor when it is told that its answer has been read.
fn may_leave(caller: &Caller<'_, RunState>) -> wasmtime::Result<()> {
    if caller.data().may_leave { Ok(()) } else { Err(Trap::CannotLeaveComponent.into()) }
}

fn user_type(number: u32) -> wasmtime::Result<UserType> {
    case(number, [UserType::Authenticated, UserType::Anonymous])
}

/// The case of an enumeration that has this number.
fn case<T: Copy, const COUNT: usize>(number: u32, cases: [T; COUNT]) -> wasmtime::Result<T> {
    let case = usize::try_from(number).ok().and_then(|number| cases.get(number)).copied();
    case.ok_or_else(|| wasmtime::format_err!("unexpected discriminant: {number}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use wasmtime::{Engine, Store};

    use super::*;
    use crate::instance::Variables;
    use crate::limits::Limits;
    use crate::lookup::Answers;
    use crate::request::Request;

    #[test]
    fn i1_a_module_finds_the_contract_and_nothing_else() {
        let engine = Engine::default();
        let mut linker = Linker::new(&engine);
        link(&mut linker).unwrap();
        let (request, variables) = (Arc::new(Request::default()), Arc::new(Variables::new()));
        let state = RunState::new(request, variables, Limits::default(), Answers::default());
        let mut store = Store::new(&engine, state);
        let there: BTreeSet<_> = linker.iter(&mut store).map(|(interface, name, _)| (interface, name)).collect();
        assert_eq!(there, BTreeSet::from(ALL));
        assert!(has("usher:provisioning/env", "get"));
        for (interface, name) in [
            ("usher:provisioning/env", "set"),
            ("usher:provisioning/identity", "increment-counter"),
            ("acme:provisioning/env", "get"),
            ("wasi:cli/environment", "get-environment"),
            ("wasi:sockets/tcp", "[method]tcp-socket.start-connect"),
        ] {
            assert!(!has(interface, name), "{interface}#{name}");
        }
    }
}
