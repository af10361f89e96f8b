//! Slimming: the same component, made of fewer instances.
//!
//! Functions of the host that read or write a guest's memory can only be made when there is one, and the guest has to have them
//! when it is made. So what links components puts two modules beside the author's: a shim, whose functions are there first and call
//! whatever is in a table by then, and a fix-up, which puts the host's functions into that table at last. Each is an instance more
//! for every decision, though neither does any work.
//!
//! Here the shim's functions become functions of the author's module, and the shim's table the end of its table. Nothing else
//! changes: the host's functions are called in the same way, with the same arguments, and an import that is called too early
//! traps as before. All that is different is that the table says it is longer, and that a call past the end of the author's part of
//! it, which trapped, may reach one of the imports that the module has anyway.
//!
//! Where nobody changes a module's table, calls through it become [switches](switch), and a table that nobody else has is gone. At
//! last, functions that a host calls go behind the rest, for the compile cache's sake: [entries].
//!
//! And where the author's module is all that is left, and the contract all that it imports, there is no need of a component:
//! [`bare()`].
//!
//! A component of any other form stays as it is.

mod author;
mod bare;
mod entries;
mod fixup;
mod modules;
mod parts;
mod plan;
mod shim;
mod switch;

use std::num::TryFromIntError;

use wasm_encoder::reencode::component_utils::parse_instance;
use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent};
use wasm_encoder::{
    Component, ComponentAliasSection, ComponentSectionId, InstanceSection, Module, ModuleSection, RawSection,
};
use wasmparser::{ComponentAlias, ComponentAliasSectionReader, CustomSectionReader, ExternalKind, Instance, Parser};

pub(crate) use self::bare::bare;
use self::parts::Parts;
use self::plan::Plan;

/// The same component without what does no work; none if it has nothing of that, or is made in another way than those that this
/// knows.
pub(crate) fn slim(wasm: &[u8]) -> Option<Vec<u8>> {
    let joined = in_one_table(wasm);
    let switched = switch::with_switches(joined.as_deref().unwrap_or(wasm)).or(joined);
    entries::with_entries_last(switched.as_deref().unwrap_or(wasm)).or(switched)
}

/// The same component whose shim is a part of the author's module.
fn in_one_table(wasm: &[u8]) -> Option<Vec<u8>> {
    let parts = Parts::read(wasm).ok()?;
    let plan = Plan::of(&parts).ok()?;
    let (mut component, mut writer) = (Component::new(), Writer { plan, modules: 0, instances: 0 });
    writer.parse_component(&mut component, Parser::new(0), wasm).ok()?;
    Some(component.finish())
}

/// A component is not made in the way that is expected here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("another form")]
struct AnotherForm;

impl From<wasmparser::Error> for AnotherForm {
    fn from(_: wasmparser::Error) -> Self {
        Self
    }
}

impl From<TryFromIntError> for AnotherForm {
    fn from(_: TryFromIntError) -> Self {
        Self
    }
}

impl From<AnotherForm> for Error<AnotherForm> {
    fn from(error: AnotherForm) -> Self {
        Self::UserError(error)
    }
}

/// Copies a component, but for what the plan changes. All numbers stay what they are but those of functions: an empty module
/// takes the shim's, and an instance of nothing its instance's.
struct Writer {
    plan: Plan,
    /// How many modules and core instances have come by.
    modules: u32,
    instances: u32,
}

impl Reencode for Writer {
    type Error = AnotherForm;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<AnotherForm>> {
        Ok(self.plan.function(function)?)
    }
}

impl ReencodeComponent for Writer {
    fn parse_component_submodule(
        &mut self,
        component: &mut Component,
        parser: Parser,
        module: &[u8],
    ) -> Result<(), Error<AnotherForm>> {
        let number = self.modules;
        self.modules = number.saturating_add(1);
        let mut written = Module::new();
        if number == self.plan.author {
            self.plan.merged.parse_core_module(&mut written, parser, module)?;
        } else if number == self.plan.fixup {
            self.plan.shifted.parse_core_module(&mut written, parser, module)?;
        } else if number != self.plan.shim {
            component.section(&RawSection { id: ComponentSectionId::CoreModule.into(), data: module });
            return Ok(());
        }
        component.section(&ModuleSection(&written));
        Ok(())
    }

    /// Nothing in it has numbers of this one's functions.
    fn parse_component_subcomponent(
        &mut self,
        component: &mut Component,
        _parser: Parser,
        inner: &[u8],
        _whole: &[u8],
    ) -> Result<(), Error<AnotherForm>> {
        component.section(&RawSection { id: ComponentSectionId::Component.into(), data: inner });
        Ok(())
    }

    /// Names of what nobody reports, and what an SDK says of a module, which is read where it is.
    fn parse_component_custom_section(
        &mut self,
        _component: &mut Component,
        _section: CustomSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        Ok(())
    }

    fn parse_component_alias_section(
        &mut self,
        aliases: &mut ComponentAliasSection,
        section: ComponentAliasSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        for alias in section {
            let alias = match alias? {
                ComponentAlias::CoreInstanceExport { kind, instance_index, .. }
                    if instance_index == self.plan.shim_instance =>
                {
                    if kind != ExternalKind::Table {
                        continue;
                    }
                    ComponentAlias::CoreInstanceExport {
                        kind,
                        instance_index: self.plan.author_instance,
                        name: author::TABLE,
                    }
                }
                alias => alias,
            };
            aliases.alias(self.component_alias(alias)?);
        }
        Ok(())
    }

    fn parse_instance(
        &mut self,
        instances: &mut InstanceSection,
        instance: Instance<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        let number = self.instances;
        self.instances = number.saturating_add(1);
        let instance = match instance {
            _ if number == self.plan.shim_instance => Instance::FromExports(Box::default()),
            Instance::FromExports(exports) => {
                let is_left = |export: &wasmparser::Export<'_>| !self.plan.is_the_shims(export);
                Instance::FromExports(exports.iter().copied().filter(is_left).collect())
            }
            instance @ Instance::Instantiate { .. } => instance,
        };
        parse_instance(self, instances, instance)
    }
}

#[cfg(test)]
mod tests;
