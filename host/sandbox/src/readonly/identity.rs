//! `usher:provisioning/identity`: read-only look-ups about users.

use wasmtime::AsContextMut;
use wasmtime::component::{Access, HasSelf};

use crate::bindings::identity::{
    CustomDataOptions, Host, HostWithStore, IdentityLink, JwtVerification, ReadError, User,
};
use crate::instance::{RunState, Stop, charge, charge_call};
use crate::lookup::{Answer, Question, Scope};

/// Characters that the key of a custom value may have.
const KEY_CHARACTERS: std::ops::RangeInclusive<usize> = 1..=999;
/// Bytes that an identifier or a token may have: what a request header can carry, with room to spare.
const IDENTIFIER_BYTES: usize = 16 << 10;

/// What a look-up found, or why it found nothing.
pub(crate) type Found<T> = Result<T, ReadError>;

impl Host for RunState {}

impl HostWithStore<RunState> for HasSelf<RunState> {
    fn read_custom_data(
        host: Access<'_, RunState, Self>,
        user: User,
        key: String,
        options: CustomDataOptions,
    ) -> wasmtime::Result<Found<Option<String>>> {
        read_custom_data(host, user, key, options)
    }

    fn resolve_jwt(host: Access<'_, RunState, Self>, token: String) -> wasmtime::Result<Found<JwtVerification>> {
        resolve_jwt(host, token)
    }

    fn get_linked_sources(host: Access<'_, RunState, Self>, user: User) -> wasmtime::Result<Found<Vec<IdentityLink>>> {
        get_linked_sources(host, user)
    }

    fn get_linked_targets(host: Access<'_, RunState, Self>, user: User) -> wasmtime::Result<Found<Vec<IdentityLink>>> {
        get_linked_targets(host, user)
    }
}

pub(crate) fn read_custom_data(
    store: impl AsContextMut<Data = RunState>,
    user: User,
    key: String,
    options: CustomDataOptions,
) -> wasmtime::Result<Found<Option<String>>> {
    let characters = key.chars().count();
    if !KEY_CHARACTERS.contains(&characters) {
        let expected = format!("a key has 1 to 999 characters; this one has {characters}");
        return Ok(Err(ReadError::Invalid(expected)));
    }
    let scope = if options.cross_brand { Scope::CrossBrand } else { Scope::Brand };
    ask(store, Question::CustomData { user, key, scope }, Answer::custom_data)
}

pub(crate) fn resolve_jwt(
    store: impl AsContextMut<Data = RunState>,
    token: String,
) -> wasmtime::Result<Found<JwtVerification>> {
    ask(store, Question::Jwt { token }, Answer::jwt)
}

pub(crate) fn get_linked_sources(
    store: impl AsContextMut<Data = RunState>,
    user: User,
) -> wasmtime::Result<Found<Vec<IdentityLink>>> {
    ask(store, Question::LinkedSources { user }, Answer::links)
}

pub(crate) fn get_linked_targets(
    store: impl AsContextMut<Data = RunState>,
    user: User,
) -> wasmtime::Result<Found<Vec<IdentityLink>>> {
    ask(store, Question::LinkedTargets { user }, Answer::links)
}

/// Puts a question, within the run's budget. The outer error stops the run; the inner one is for the workflow.
fn ask<A>(
    mut store: impl AsContextMut<Data = RunState>,
    question: Question,
    in_kind: fn(Answer) -> Option<Found<A>>,
) -> wasmtime::Result<Found<A>> {
    charge_call(&mut store, question.bytes())?;
    let mut context = store.as_context_mut();
    let state = context.data_mut();
    if question.bytes() > IDENTIFIER_BYTES {
        let expected = format!("an identifier or token has at most {IDENTIFIER_BYTES} bytes");
        return Ok(Err(ReadError::Invalid(expected)));
    }
    if !state.may_ask() {
        let spent = format!("a workflow may make {} look-ups in one decision", state.limits.lookups);
        return Ok(Err(ReadError::Exhausted(spent)));
    }
    let answer = state.ask(question)?;
    charge(store, answer.bytes())?;
    in_kind(answer).ok_or_else(|| Stop::Misuse("the answer is to another question").into())
}
