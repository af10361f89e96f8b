//! What a component is made of, as far as core modules are concerned.

use wasmparser::{
    CanonicalFunction, CanonicalOption, Chunk, ComponentAlias, ComponentExport, ComponentExternalKind, ComponentImport,
    ComponentOuterAliasKind, ComponentTypeRef, Export, ExternalKind, Instance, Parser, Payload,
};

use super::AnotherForm;

/// The outermost component's core modules and what is made of them, by their numbers.
#[derive(Default)]
pub(super) struct Parts<'a> {
    pub(super) modules: Vec<&'a [u8]>,
    pub(super) instances: Vec<Instance<'a>>,
    pub(super) functions: Vec<Source<'a>>,
    pub(super) tables: Vec<Source<'a>>,
    pub(super) memories: Vec<Source<'a>>,
    pub(super) outside: Outside<'a>,
}

/// What a component is made of beside core modules, by its numbers.
#[derive(Default)]
pub(super) struct Outside<'a> {
    /// The names of instances that are imported; none of others.
    pub(super) instances: Vec<Option<&'a str>>,
    pub(super) functions: Vec<Function<'a>>,
    /// The functions that it exports, by their names.
    pub(super) exports: Vec<(&'a str, u32)>,
    /// Whether there is more to it: components within, instances that are handed on as a whole, a function that it starts with.
    pub(super) is_nested: bool,
}

/// Where a function of a component comes from.
#[derive(Debug)]
pub(super) enum Function<'a> {
    /// An instance outside of core modules, in which it has this name.
    Instance { instance: u32, name: &'a str },
    /// A core module: it is a function of one, made one for others to call.
    Lifted { function: u32, options: Box<[CanonicalOption]> },
    /// The host, or the component itself.
    Other,
}

/// Where a core function or a table of a component comes from.
#[derive(Debug)]
pub(super) enum Source<'a> {
    Instance {
        instance: u32,
        name: &'a str,
        /// How many instances there were before it was named.
        after: usize,
    },
    /// A function of the component's, made one for core modules.
    Lowered { function: u32, options: Box<[CanonicalOption]> },
    /// The host, or the component itself.
    Other,
}

impl<'a> Parts<'a> {
    pub(super) fn read(wasm: &'a [u8]) -> Result<Self, AnotherForm> {
        let mut parts = Self::default();
        let (mut parser, mut rest) = (Parser::new(0), wasm);
        while !rest.is_empty() {
            let Chunk::Parsed { consumed, payload } = parser.parse(rest, true)? else { return Err(AnotherForm) };
            rest = rest.get(consumed..).ok_or(AnotherForm)?;
            match payload {
                Payload::ModuleSection { unchecked_range, .. } => {
                    rest = rest.get(unchecked_range.len()..).ok_or(AnotherForm)?;
                    parts.modules.push(wasm.get(unchecked_range).ok_or(AnotherForm)?);
                }
                Payload::ComponentSection { unchecked_range, .. } => {
                    rest = rest.get(unchecked_range.len()..).ok_or(AnotherForm)?;
                    parts.outside.is_nested = true;
                }
                Payload::ComponentInstanceSection(_) | Payload::ComponentStartSection { .. } => {
                    parts.outside.is_nested = true;
                }
                Payload::ComponentExportSection(section) => {
                    section.into_iter().try_for_each(|export| parts.outside.exported(&export?))?;
                }
                Payload::InstanceSection(section) => {
                    for instance in section {
                        parts.instances.push(instance?);
                    }
                }
                Payload::ComponentAliasSection(section) => {
                    section.into_iter().try_for_each(|alias| parts.alias(&alias?))?;
                }
                Payload::ComponentCanonicalSection(section) => {
                    section.into_iter().try_for_each(|function| parts.canonical(&function?))?;
                }
                Payload::ComponentImportSection(section) => {
                    section.into_iter().try_for_each(|import| parts.outside.imported(&import?))?;
                }
                _ => {}
            }
        }
        Ok(parts)
    }

    fn alias(&mut self, alias: &ComponentAlias<'a>) -> Result<(), AnotherForm> {
        match *alias {
            ComponentAlias::CoreInstanceExport { kind, instance_index, name } => {
                let source = Source::Instance { instance: instance_index, name, after: self.instances.len() };
                match kind {
                    ExternalKind::Func => self.functions.push(source),
                    ExternalKind::Table => self.tables.push(source),
                    ExternalKind::Memory => self.memories.push(source),
                    _ => {}
                }
                Ok(())
            }
            ComponentAlias::InstanceExport { kind: ComponentExternalKind::Func, instance_index, name } => {
                self.outside.functions.push(Function::Instance { instance: instance_index, name });
                Ok(())
            }
            ComponentAlias::InstanceExport { kind: ComponentExternalKind::Instance, .. } => {
                self.outside.instances.push(None);
                self.outside.is_nested = true;
                Ok(())
            }
            // A module that is not here.
            ComponentAlias::InstanceExport { kind: ComponentExternalKind::Module, .. }
            | ComponentAlias::Outer { kind: ComponentOuterAliasKind::CoreModule, .. } => Err(AnotherForm),
            _ => Ok(()),
        }
    }

    fn canonical(&mut self, function: &CanonicalFunction) -> Result<(), AnotherForm> {
        match function {
            CanonicalFunction::Lift { core_func_index, options, .. } => {
                let options = options.clone();
                self.outside.functions.push(Function::Lifted { function: *core_func_index, options });
            }
            CanonicalFunction::Lower { func_index, options } => {
                self.functions.push(Source::Lowered { function: *func_index, options: options.clone() });
            }
            // These call through a table.
            CanonicalFunction::ThreadSpawnIndirect { .. } | CanonicalFunction::ThreadNewIndirect { .. } => {
                return Err(AnotherForm);
            }
            _ => self.functions.push(Source::Other),
        }
        Ok(())
    }

    /// The only instance of a module.
    pub(super) fn instance_of(&self, module: u32) -> Result<u32, AnotherForm> {
        let is_of_it = |instance: &Instance<'_>| matches!(instance, Instance::Instantiate { module_index, .. } if *module_index == module);
        only((0..).zip(&self.instances).filter(|(_, instance)| is_of_it(instance)).map(|(number, _)| number))
    }

    /// What an instance is made of that names things one by one.
    pub(super) fn exports(&self, instance: u32) -> Option<&[Export<'a>]> {
        match get(&self.instances, instance)? {
            Instance::FromExports(exports) => Some(exports),
            Instance::Instantiate { .. } => None,
        }
    }

    /// The modules that are given this instance, as often as they are.
    pub(super) fn given(&self, instance: u32) -> impl Iterator<Item = u32> {
        self.instances.iter().flat_map(move |other| {
            let (module, args) = match other {
                Instance::Instantiate { module_index, args } => (*module_index, &**args),
                Instance::FromExports(_) => (0, &[][..]),
            };
            args.iter().filter(move |arg| arg.index == instance).map(move |_| module)
        })
    }
}

impl<'a> Outside<'a> {
    fn imported(&mut self, import: &ComponentImport<'a>) -> Result<(), AnotherForm> {
        match import.ty {
            ComponentTypeRef::Module(_) => return Err(AnotherForm),
            ComponentTypeRef::Instance(_) => self.instances.push(Some(import.name.name)),
            ComponentTypeRef::Func(_) => self.functions.push(Function::Other),
            ComponentTypeRef::Component(_) => self.is_nested = true,
            ComponentTypeRef::Value(_) | ComponentTypeRef::Type(_) => {}
        }
        Ok(())
    }

    /// What is exported gets a number of its own.
    fn exported(&mut self, export: &ComponentExport<'a>) -> Result<(), AnotherForm> {
        match export.kind {
            ComponentExternalKind::Module => return Err(AnotherForm),
            ComponentExternalKind::Func => {
                self.exports.push((export.name.name, export.index));
                self.functions.push(Function::Other);
            }
            ComponentExternalKind::Instance | ComponentExternalKind::Component => self.is_nested = true,
            ComponentExternalKind::Value | ComponentExternalKind::Type => {}
        }
        Ok(())
    }
}

/// The item of a list that has this number.
pub(super) fn get<T>(items: &[T], number: u32) -> Option<&T> {
    items.get(usize::try_from(number).ok()?)
}

/// The only item that there is.
pub(super) fn only<T>(mut items: impl Iterator<Item = T>) -> Result<T, AnotherForm> {
    match (items.next(), items.next()) {
        (Some(item), None) => Ok(item),
        _ => Err(AnotherForm),
    }
}
