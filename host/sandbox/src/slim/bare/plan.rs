//! Whether a component is one module with the contract around it, and which.

use wasmparser::{CanonicalOption, Export, ExternalKind, Instance};

use super::found::Found;
use crate::bare::has;
use crate::slim::AnotherForm;
use crate::slim::fixup::Filled;
use crate::slim::parts::{Function, Parts, Source, get, only};

/// A function of the host: its interface, without a version, and its name there.
pub(super) type HostFunction<'a> = (&'a str, &'a str);

/// What the module is, and how it is used.
pub(super) struct Plan<'a> {
    pub(super) module: &'a [u8],
    pub(super) found: Found<'a>,
    /// What a host calls, by the names that the module has for it.
    pub(super) memory: &'a str,
    pub(super) realloc: &'a str,
    pub(super) provision: &'a str,
    pub(super) post_return: Option<&'a str>,
    /// The functions that it imports, in their order.
    pub(super) imports: Vec<HostFunction<'a>>,
    /// What is put into its table when it is there.
    pub(super) fixup: Option<Fixup<'a>>,
}

/// What a fix-up does, and the functions that it does it with.
pub(super) struct Fixup<'a> {
    pub(super) filled: Filled<'a>,
    pub(super) functions: Vec<HostFunction<'a>>,
    /// The name that the module has for its table.
    pub(super) table: &'a str,
}

impl<'a> Plan<'a> {
    pub(super) fn of(parts: &Parts<'a>) -> Result<Self, AnotherForm> {
        if parts.outside.is_nested {
            return Err(AnotherForm);
        }
        let exported = parts.outside.exports.iter().find(|(name, _)| *name == "provision").ok_or(AnotherForm)?;
        let Some(Function::Lifted { function, options }) = get(&parts.outside.functions, exported.1) else {
            return Err(AnotherForm);
        };
        let Some(Source::Instance { instance: author, name: provision, .. }) = get(&parts.functions, *function) else {
            return Err(AnotherForm);
        };
        let author = Author { parts, instance: *author };
        let used = author.used(options)?;
        let (Some(memory), Some(realloc)) = (used.memory, used.realloc) else { return Err(AnotherForm) };
        let host = Host { author, memory, realloc };
        let module = author.module()?;
        let found = Found::read(module)?;
        Ok(Self {
            module,
            memory,
            realloc,
            provision: *provision,
            post_return: used.post_return,
            imports: host.imports(&found)?,
            fixup: host.fixup()?,
            found,
        })
    }
}

/// The author's module, by its only instance.
#[derive(Clone, Copy)]
struct Author<'p, 'a> {
    parts: &'p Parts<'a>,
    instance: u32,
}

/// What is used of the author's module to call a function of it, or for one of the host's to be called.
#[derive(Default)]
struct Used<'a> {
    memory: Option<&'a str>,
    realloc: Option<&'a str>,
    post_return: Option<&'a str>,
}

impl<'a> Author<'_, 'a> {
    fn module(self) -> Result<&'a [u8], AnotherForm> {
        let Some(Instance::Instantiate { module_index, .. }) = get(&self.parts.instances, self.instance) else {
            return Err(AnotherForm);
        };
        self.parts.instance_of(*module_index)?;
        get(&self.parts.modules, *module_index).copied().ok_or(AnotherForm)
    }

    /// The name that it has for something of its own.
    fn name(self, source: Option<&Source<'a>>) -> Result<&'a str, AnotherForm> {
        match source {
            Some(Source::Instance { instance, name, .. }) if *instance == self.instance => Ok(name),
            _ => Err(AnotherForm),
        }
    }

    /// What options say; those of the contract's two worlds and no others.
    fn used(self, options: &[CanonicalOption]) -> Result<Used<'a>, AnotherForm> {
        let mut used = Used::default();
        for option in options {
            match option {
                CanonicalOption::UTF8 => {}
                CanonicalOption::Memory(memory) => {
                    used.memory = Some(self.name(get(&self.parts.memories, *memory))?);
                }
                CanonicalOption::Realloc(function) => {
                    used.realloc = Some(self.name(get(&self.parts.functions, *function))?);
                }
                CanonicalOption::PostReturn(function) => {
                    used.post_return = Some(self.name(get(&self.parts.functions, *function))?);
                }
                _ => return Err(AnotherForm),
            }
        }
        Ok(used)
    }
}

/// What the host gives the author's module.
struct Host<'p, 'a> {
    author: Author<'p, 'a>,
    memory: &'a str,
    realloc: &'a str,
}

impl<'a> Host<'_, 'a> {
    /// The host's function that a core function is. All of them read and write one memory, and ask one function for places.
    fn function(&self, function: u32) -> Result<HostFunction<'a>, AnotherForm> {
        let parts = self.author.parts;
        let Some(Source::Lowered { function, options }) = get(&parts.functions, function) else {
            return Err(AnotherForm);
        };
        let used = self.author.used(options)?;
        let is_same = |name: Option<&str>, other: &str| name.is_none_or(|name| name == other);
        if !is_same(used.memory, self.memory) || !is_same(used.realloc, self.realloc) || used.post_return.is_some() {
            return Err(AnotherForm);
        }
        let Some(Function::Instance { instance, name }) = get(&parts.outside.functions, *function) else {
            return Err(AnotherForm);
        };
        let interface = get(&parts.outside.instances, *instance).copied().flatten().ok_or(AnotherForm)?;
        let interface = interface.split_once('@').map_or(interface, |(interface, _version)| interface);
        if has(interface, name) { Ok((interface, name)) } else { Err(AnotherForm) }
    }

    /// What an instance is given by both these names.
    fn given(&self, instance: u32, (from, name): (&str, &str)) -> Result<Given<'a>, AnotherForm> {
        let parts = self.author.parts;
        let Some(Instance::Instantiate { args, .. }) = get(&parts.instances, instance) else { return Err(AnotherForm) };
        let arg = args.iter().find(|arg| arg.name == from).ok_or(AnotherForm)?;
        let Some(exports) = parts.exports(arg.index) else { return Ok(Given::OfInstance(arg.index)) };
        let export = exports.iter().find(|export| export.name == name).ok_or(AnotherForm)?;
        Ok(Given::Named(*export))
    }

    fn given_function(&self, instance: u32, names: (&str, &str)) -> Result<HostFunction<'a>, AnotherForm> {
        match self.given(instance, names)? {
            Given::Named(Export { kind: ExternalKind::Func, index, .. }) => self.function(index),
            _ => Err(AnotherForm),
        }
    }

    fn imports(&self, found: &Found<'_>) -> Result<Vec<HostFunction<'a>>, AnotherForm> {
        found.imports.iter().map(|names| self.given_function(self.author.instance, *names)).collect()
    }

    /// The only other instance that is made of a module, if there is any.
    fn fixup(&self) -> Result<Option<Fixup<'a>>, AnotherForm> {
        let parts = self.author.parts;
        let is_other = |number: &u32| *number != self.author.instance && parts.exports(*number).is_none();
        let mut others = (0..u32::try_from(parts.instances.len())?).filter(is_other);
        let Some(instance) = others.next() else { return Ok(None) };
        let Some(Instance::Instantiate { module_index, .. }) = get(&parts.instances, instance) else {
            return Err(AnotherForm);
        };
        let filled = Filled::read(get(&parts.modules, *module_index).ok_or(AnotherForm)?)?;
        let table = match self.given(instance, filled.table_names)? {
            Given::OfInstance(number) if number == self.author.instance => filled.table_names.1,
            Given::Named(Export { kind: ExternalKind::Table, index, .. }) => {
                self.author.name(get(&parts.tables, index))?
            }
            _ => return Err(AnotherForm),
        };
        let functions = filled.functions.iter().map(|(_, names)| self.given_function(instance, *names));
        let fixup = Fixup { functions: functions.collect::<Result<_, _>>()?, table, filled };
        only(std::iter::once(fixup).map(Some).chain(others.map(|_| None)))
    }
}

/// What an instance is given.
enum Given<'a> {
    /// Something that is named on its own.
    Named(Export<'a>),
    /// Whatever another instance has by that name.
    OfInstance(u32),
}
