//! A workflow that is one core module, run as that: the host reads and writes its memory itself.
//!
//! What a component has around its module is the same for every workflow, and an engine works through it for each decision: a record
//! of the component, a look at the guest's memory for each of a hundred values, a call for each of thirty texts. Here it is known
//! when this program is compiled. What the module finds in its memory, what is asked of it and in which order, and what it must not
//! do, are those of the component model: <https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md>.
//!
//! A module whose manifest says that it keeps texts gives none of a request's texts back to an allocator. It is asked for one place
//! for all of them. One that can place a whole request keeps lists, too, and is asked for one place for everything.

mod contract;
mod guest;
mod imports;
mod lift;
mod lower;
mod room;

use wasmtime::{Engine, ExternType, FuncType, InstancePre, Linker, Module, ModuleExport, Store, ValType};

pub(crate) use self::guest::Guest;
pub(crate) use self::imports::{has, link};
use self::lower::Layout;
use crate::instance::RunState;

/// What the module exports.
pub(crate) const MEMORY: &str = "memory";
pub(crate) const REALLOC: &str = "realloc";
pub(crate) const PROVISION: &str = "provision";
/// What is called with an answer when that has been read, if the module has it.
pub(crate) const POST_RETURN: &str = "post-return";
/// A second name of `provision`, in a module that keeps texts.
pub(crate) const KEEPS_TEXTS: &str = "keeps-texts";
/// What says where a request of so many bytes goes, or zero if that is nowhere, in a module that keeps all of a request. The guest
/// SDK for Rust has it under this name, too.
pub(crate) const PLACE_REQUEST: &str = "usher-place-request";

/// A module, ready to run.
pub(crate) struct Bare {
    pre: InstancePre<RunState>,
    memory: ModuleExport,
    realloc: ModuleExport,
    provision: ModuleExport,
    post_return: Option<ModuleExport>,
    place_request: Option<ModuleExport>,
    layout: Layout,
}

impl Bare {
    /// Links the imports of a module, and finds its exports.
    pub(crate) fn of(module: &Module, linker: &Linker<RunState>) -> wasmtime::Result<Self> {
        let pre = linker.instantiate_pre(module)?;
        let memory = module.get_export(MEMORY);
        let memory = memory.filter(|ty| ty.memory().is_some_and(|ty| !ty.is_64() && !ty.is_shared()));
        memory.ok_or_else(|| missing(MEMORY))?;
        Ok(Self {
            pre,
            memory: module.get_export_index(MEMORY).ok_or_else(|| missing(MEMORY))?,
            realloc: function(module, REALLOC, 4, 1)?.ok_or_else(|| missing(REALLOC))?,
            provision: function(module, PROVISION, 1, 1)?.ok_or_else(|| missing(PROVISION))?,
            post_return: function(module, POST_RETURN, 1, 0)?,
            place_request: function(module, PLACE_REQUEST, 1, 1)?,
            layout: if module.get_export_index(KEEPS_TEXTS).is_some() { Layout::TextsTogether } else { Layout::Apart },
        })
    }

    pub(crate) fn module(&self) -> &Module {
        self.pre.module()
    }

    /// Bytes that its code takes.
    pub(crate) fn code_bytes(&self) -> usize {
        let range = self.module().image_range();
        range.end.addr().saturating_sub(range.start.addr())
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.module().engine()
    }

    pub(crate) fn instantiate(&self, store: &mut Store<RunState>) -> wasmtime::Result<Guest> {
        let instance = self.pre.instantiate(&mut *store)?;
        Guest::of(store, instance, self)
    }
}

#[cold]
fn missing(name: &str) -> wasmtime::Error {
    wasmtime::format_err!("it exports no `{name}` of the type that is expected")
}

/// A function that takes so many numbers of 32 bits and gives so many; none if the module has nothing of that name.
fn function(module: &Module, name: &str, takes: usize, gives: usize) -> wasmtime::Result<Option<ModuleExport>> {
    let Some(ty) = module.get_export(name) else { return Ok(None) };
    let numbers = |count| std::iter::repeat_n(ValType::I32, count);
    let expected = FuncType::new(module.engine(), numbers(takes), numbers(gives));
    match ty {
        ExternType::Func(ty) if FuncType::eq(&ty, &expected) => Ok(module.get_export_index(name)),
        _ => Err(missing(name)),
    }
}
