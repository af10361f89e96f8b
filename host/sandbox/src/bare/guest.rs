//! A module's instance: what the host asks of it, each thing as the component model wants it asked.

use wasmtime::{AsContext, AsContextMut, Caller, Extern, Func, Instance, Memory, ModuleExport, Store, ValRaw};

use super::lift::Reader;
use super::lower::{Addresses, Needed, Stored, Texts, Writer};
use super::{Bare, MEMORY, REALLOC, missing};
use crate::instance::RunState;
use crate::request::Request;
use crate::workflow::Slugs;

/// An instance that can be asked.
pub(crate) struct Guest {
    room: Room,
    provision: Func,
    post_return: Option<Func>,
    texts: Texts,
}

impl Guest {
    pub(super) fn of(store: &mut Store<RunState>, instance: &Instance, code: &Bare) -> wasmtime::Result<Self> {
        let memory = instance.get_module_export(&mut *store, &code.memory).and_then(Extern::into_memory);
        let memory = memory.ok_or_else(|| missing(MEMORY))?;
        Ok(Self {
            room: Room { memory, realloc: function(store, instance, &code.realloc)? },
            provision: function(store, instance, &code.provision)?,
            post_return: code.post_return.map(|export| function(store, instance, &export)).transpose()?,
            texts: code.texts,
        })
    }

    /// Tells it a request, reads its answer, and says that this is done.
    pub(crate) fn ask(&self, store: &mut Store<RunState>, request: &Request) -> wasmtime::Result<Slugs> {
        store.data_mut().may_leave = false;
        let at = self.room.place(&mut *store, Request::align(), Request::bytes())?;
        self.room.store(&mut *store, at, request, self.texts)?;
        store.data_mut().may_leave = true;
        let answer = call(self.provision, &mut *store, [u32::try_from(at)?])?;
        let slugs = self.room.reader(&*store).answer(answer)?;
        if let Some(post_return) = &self.post_return {
            store.data_mut().may_leave = false;
            call(*post_return, &mut *store, [answer])?;
            store.data_mut().may_leave = true;
        }
        Ok(slugs)
    }
}

fn function(store: &mut Store<RunState>, instance: &Instance, export: &ModuleExport) -> wasmtime::Result<Func> {
    let function = instance.get_module_export(store, export).and_then(Extern::into_func);
    function.ok_or_else(|| wasmtime::format_err!("an export is no function"))
}

/// Calls a function that takes these numbers, and gives one at most.
fn call<const COUNT: usize>(function: Func, store: impl AsContextMut, numbers: [u32; COUNT]) -> wasmtime::Result<u32> {
    let mut values = numbers.map(ValRaw::u32);
    #[expect(unsafe_code, reason = "looking at the type for each call costs more than the call")]
    // SAFETY: `Bare::of` found the types of all functions that are called here to be these. There is room for what they give,
    // because all of them take something.
    unsafe {
        const { assert!(COUNT > 0, "a result lies where the first number was") };
        function.call_unchecked(store, &raw mut values)?;
    }
    Ok(values.first().map_or(0, ValRaw::get_u32))
}

/// A guest's memory, and the function by which it gives places in it.
pub(super) struct Room {
    memory: Memory,
    /// It is told an old place, its bytes, what the new one has to be a multiple of, and its bytes.
    realloc: Func,
}

impl Room {
    /// That of the guest that calls the host.
    pub(super) fn of_caller(caller: &mut Caller<'_, RunState>) -> wasmtime::Result<Self> {
        let memory = caller.get_export(MEMORY).and_then(Extern::into_memory).ok_or_else(|| missing(MEMORY))?;
        let realloc = caller.get_export(REALLOC).and_then(Extern::into_func).ok_or_else(|| missing(REALLOC))?;
        Ok(Self { memory, realloc })
    }

    /// What a guest has handed over.
    pub(super) fn reader<'a>(&self, store: &'a impl AsContext) -> Reader<'a> {
        Reader::new(self.memory.data(store))
    }

    /// Writes what a guest has asked for to where it says.
    pub(super) fn give<T: Stored>(
        &self,
        mut store: impl AsContextMut<Data = RunState>,
        at: u32,
        value: &T,
    ) -> wasmtime::Result<()> {
        let at = usize::try_from(at)?;
        if !at.is_multiple_of(T::align()) {
            wasmtime::bail!("pointer not aligned");
        }
        if !self.has(&store, at, T::bytes()) {
            wasmtime::bail!("pointer out of bounds");
        }
        store.as_context_mut().data_mut().may_leave = false;
        self.store(&mut store, at, value, Texts::Apart)?;
        store.as_context_mut().data_mut().may_leave = true;
        Ok(())
    }

    /// Writes a value to a place, and what it takes beside that to places that the guest is asked for.
    fn store<T: Stored>(
        &self,
        mut store: impl AsContextMut,
        at: usize,
        value: &T,
        texts: Texts,
    ) -> wasmtime::Result<()> {
        let mut needed = Needed::of(texts);
        value.count(&mut needed);
        let addresses = Addresses::for_all(&needed, |align, bytes| self.place(&mut store, align, bytes))?;
        value.store(at, &mut Writer::new(self.memory.data_mut(&mut store), &addresses))
    }

    /// Asks for a place.
    fn place(&self, mut store: impl AsContextMut, align: usize, bytes: usize) -> wasmtime::Result<usize> {
        let place = call(self.realloc, &mut store, [0, 0, u32::try_from(align)?, u32::try_from(bytes)?])?;
        let place = usize::try_from(place)?;
        if !place.is_multiple_of(align) {
            wasmtime::bail!("realloc return: result not aligned");
        }
        if !self.has(&store, place, bytes) {
            wasmtime::bail!("realloc return: beyond end of memory");
        }
        Ok(place)
    }

    /// Whether so many bytes at a place are in memory.
    fn has(&self, store: impl AsContext, at: usize, bytes: usize) -> bool {
        at.checked_add(bytes).is_some_and(|end| end <= self.memory.data_size(store))
    }
}
