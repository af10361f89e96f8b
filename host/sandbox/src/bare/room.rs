//! A guest's memory, and the function by which it gives places in it.

use wasmtime::{AsContext, AsContextMut, Caller, Extern, Func, Memory, ValRaw};

use super::lift::Reader;
use super::lower::{Addresses, Layout, Needed, Stored, Writer};
use super::{MEMORY, REALLOC, missing};
use crate::instance::RunState;

/// Both of them, of one guest.
pub(super) struct Room {
    pub(super) memory: Memory,
    /// It is told an old place, its bytes, what the new one has to be a multiple of, and its bytes.
    pub(super) realloc: Func,
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
        if !has(self.memory.data_size(&store), at, T::bytes()) {
            wasmtime::bail!("pointer out of bounds");
        }
        store.as_context_mut().data_mut().may_leave = false;
        self.store(&mut store, at, value, Layout::Apart)?;
        store.as_context_mut().data_mut().may_leave = true;
        Ok(())
    }

    /// Writes a value to a place, and what it takes beside that to places that the guest is asked for.
    pub(super) fn store<T: Stored>(
        &self,
        mut store: impl AsContextMut,
        at: usize,
        value: &T,
        layout: Layout,
    ) -> wasmtime::Result<()> {
        let mut needed = Needed::of(layout);
        value.count(&mut needed);
        let addresses = Addresses::for_all(&needed, |align, bytes| self.place(&mut store, align, bytes))?;
        value.store(at, &mut Writer::new(self.memory.data_mut(&mut store), &addresses))
    }

    /// Asks for a place.
    pub(super) fn place(&self, mut store: impl AsContextMut, align: usize, bytes: usize) -> wasmtime::Result<usize> {
        let at = call(self.realloc, &mut store, [0, 0, u32::try_from(align)?, u32::try_from(bytes)?])?;
        place(REALLOC, at, align, bytes, self.memory.data_size(&store))
    }
}

/// A place that a function of a guest has given, if it is one in a memory of so many bytes.
pub(super) fn place(giver: &str, at: u32, align: usize, bytes: usize, memory_bytes: usize) -> wasmtime::Result<usize> {
    let at = usize::try_from(at)?;
    if !at.is_multiple_of(align) {
        wasmtime::bail!("{giver} return: result not aligned");
    }
    if !has(memory_bytes, at, bytes) {
        wasmtime::bail!("{giver} return: beyond end of memory");
    }
    Ok(at)
}

/// Whether so many bytes at a place are in a memory.
fn has(memory_bytes: usize, at: usize, bytes: usize) -> bool {
    at.checked_add(bytes).is_some_and(|end| end <= memory_bytes)
}

/// Calls a function that takes these numbers, and gives one at most.
pub(super) fn call<const COUNT: usize>(
    function: Func,
    store: impl AsContextMut,
    numbers: [u32; COUNT],
) -> wasmtime::Result<u32> {
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
