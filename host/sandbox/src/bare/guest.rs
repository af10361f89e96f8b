//! A module's instance: what the host asks of it, each thing as the component model wants it asked.

use wasmtime::{Extern, Func, Instance, Memory, ModuleExport, Store};

use super::lift::Reader;
use super::lower::{Addresses, Layout, Needed, Stored, Writer};
use super::room::{Room, call, place};
use super::{Bare, MEMORY, PLACE_REQUEST, missing};
use crate::instance::RunState;
use crate::request::Request;
use crate::workflow::Slugs;

/// An instance that can be asked.
pub(crate) struct Guest {
    instance: Instance,
    memory: Memory,
    realloc: ModuleExport,
    place_request: Option<Func>,
    provision: Func,
    post_return: Option<Func>,
    layout: Layout,
}

impl Guest {
    pub(super) fn of(store: &mut Store<RunState>, instance: Instance, code: &Bare) -> wasmtime::Result<Self> {
        let memory = instance.get_module_export(&mut *store, &code.memory).and_then(Extern::into_memory);
        let mut function = |export: &ModuleExport| function(store, &instance, export);
        Ok(Self {
            memory: memory.ok_or_else(|| missing(MEMORY))?,
            realloc: code.realloc,
            place_request: code.place_request.as_ref().map(&mut function).transpose()?,
            provision: function(&code.provision)?,
            post_return: code.post_return.as_ref().map(&mut function).transpose()?,
            layout: code.layout,
            instance,
        })
    }

    /// Tells it a request, reads its answer, and says that this is done.
    pub(crate) fn ask(&self, store: &mut Store<RunState>, request: &Request) -> wasmtime::Result<Slugs> {
        store.data_mut().may_leave = false;
        let at = match self.tell_together(store, request)? {
            Some(at) => at,
            None => self.tell(store, request)?,
        };
        store.data_mut().may_leave = true;
        let answer = call(self.provision, &mut *store, [u32::try_from(at)?])?;
        let slugs = Reader::new(self.memory.data(&*store)).answer(answer)?;
        if let Some(post_return) = &self.post_return {
            store.data_mut().may_leave = false;
            call(*post_return, &mut *store, [answer])?;
            store.data_mut().may_leave = true;
        }
        Ok(slugs)
    }

    /// Writes a request into one place, if the guest has one for it.
    fn tell_together(&self, store: &mut Store<RunState>, request: &Request) -> wasmtime::Result<Option<usize>> {
        let Some(place_request) = self.place_request else { return Ok(None) };
        let bytes = Needed::together(request);
        let Ok(wanted) = u32::try_from(bytes) else { return Ok(None) };
        let at = match call(place_request, &mut *store, [wanted])? {
            0 => return Ok(None),
            at => place(PLACE_REQUEST, at, Request::align(), bytes, self.memory.data_size(&*store))?,
        };
        request.store(at, &mut Writer::new(self.memory.data_mut(&mut *store), &Addresses::behind::<Request>(at)))?;
        Ok(Some(at))
    }

    /// Writes it to places that the guest is asked for one by one.
    fn tell(&self, store: &mut Store<RunState>, request: &Request) -> wasmtime::Result<usize> {
        let room = Room { memory: self.memory, realloc: function(store, &self.instance, &self.realloc)? };
        let at = room.place(&mut *store, Request::align(), Request::bytes())?;
        room.store(&mut *store, at, request, self.layout)?;
        Ok(at)
    }
}

fn function(store: &mut Store<RunState>, instance: &Instance, export: &ModuleExport) -> wasmtime::Result<Func> {
    let function = instance.get_module_export(store, export).and_then(Extern::into_func);
    function.ok_or_else(|| wasmtime::format_err!("an export is no function"))
}
