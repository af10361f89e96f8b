//! What a component is made of, as far as core modules are concerned.

use wasmparser::{
    CanonicalFunction, Chunk, ComponentAlias, ComponentExternalKind, ComponentOuterAliasKind, ComponentTypeRef, Export,
    ExternalKind, Instance, Parser, Payload,
};

use super::AnotherForm;

/// The outermost component's core modules and what is made of them, by their numbers.
pub(super) struct Parts<'a> {
    pub(super) modules: Vec<&'a [u8]>,
    pub(super) instances: Vec<Instance<'a>>,
    pub(super) functions: Vec<Source<'a>>,
    pub(super) tables: Vec<Source<'a>>,
}

/// Where a core function or a table of a component comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    Instance {
        instance: u32,
        name: &'a str,
        /// How many instances there were before it was named.
        after: usize,
    },
    /// The host, or the component itself.
    Other,
}

impl<'a> Parts<'a> {
    pub(super) fn read(wasm: &'a [u8]) -> Result<Self, AnotherForm> {
        let mut parts = Self { modules: Vec::new(), instances: Vec::new(), functions: Vec::new(), tables: Vec::new() };
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
                    for import in section {
                        if let ComponentTypeRef::Module(_) = import?.ty {
                            return Err(AnotherForm);
                        }
                    }
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
                    _ => {}
                }
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
            CanonicalFunction::Lift { .. } => {}
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
