//! A line of the log told in numbers, so that there is neither a shim nor a fix-up.
//!
//! Most workflows import one function that reads their memory, the log's, and many of those only for a panic to be told. Numbers
//! need no memory: a function of the author's own reads the text and hands it on in pieces, to an import that can be there before
//! the author's module is. What the author calls, and what arrives in the log, stays the same.

mod author;
mod piece;
mod plan;
mod signature;

use wasm_encoder::reencode::component_utils::{self, parse_instance};
use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent};
use wasm_encoder::{
    Alias, CanonicalFunctionSection, CanonicalOption, Component, ComponentAliasSection, ComponentExportKind,
    ComponentImportSection, InstanceSection, InstanceType, Module, ModuleSection,
};
use wasmparser::{
    ComponentAlias, ComponentAliasSectionReader, ComponentImportSectionReader, CustomSectionReader, Instance,
    InstanceTypeDeclaration, Parser, Payload,
};

use self::plan::{Plan, WRITE};
use super::AnotherForm;
use super::parts::Parts;
use crate::readonly::LOG_IN_NUMBERS;

/// What numbers need to be lowered: neither memory nor an encoding.
const NO_OPTIONS: [CanonicalOption; 0] = [];

/// The same component without shim and fix-up, if these are there for the log alone.
pub(super) fn in_numbers(wasm: &[u8]) -> Option<Vec<u8>> {
    let parts = Parts::read(wasm).ok()?;
    let plan = Plan::of(&parts).ok()?;
    let mut writer = Writer { plan, modules: 0, instances: 0, signatures: 0, is_named: false };
    let mut component = Component::new();
    writer.parse_component(&mut component, Parser::new(0), wasm).ok()?;
    (writer.signatures == 1).then(|| component.finish())
}

/// Copies a component, but for what the plan changes. All numbers stay what they are but those of functions outside of core
/// modules, which are one more from where the log's is named: in the place of what was the shim's, each time, is the log's.
struct Writer<'a> {
    plan: Plan<'a>,
    /// How many modules, core instances and signatures of the log have come by.
    modules: u32,
    instances: u32,
    signatures: u32,
    /// Whether the log's function has been named.
    is_named: bool,
}

impl Writer<'_> {
    /// The log's function, made one for core modules.
    fn lower(&mut self, component: &mut Component) {
        if !self.is_named {
            let mut aliases = ComponentAliasSection::new();
            let (kind, instance) = (ComponentExportKind::Func, self.plan.log);
            aliases.alias(Alias::InstanceExport { instance, kind, name: WRITE });
            component.section(&aliases);
            self.is_named = true;
        }
        let mut lowered = CanonicalFunctionSection::new();
        lowered.lower(self.plan.named, NO_OPTIONS);
        component.section(&lowered);
    }

    /// What components name of each other. In sections of their own, because the log's is made among them.
    fn parse_aliases(
        &mut self,
        component: &mut Component,
        section: ComponentAliasSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        for alias in section {
            let alias = alias?;
            match alias {
                ComponentAlias::CoreInstanceExport { kind, instance_index, .. }
                    if instance_index == self.plan.shim_instance =>
                {
                    if kind == wasmparser::ExternalKind::Func {
                        self.lower(component);
                    }
                }
                alias => {
                    let mut aliases = ComponentAliasSection::new();
                    aliases.alias(self.component_alias(alias)?);
                    component.section(&aliases);
                }
            }
        }
        Ok(())
    }
}

impl Reencode for Writer<'_> {
    type Error = AnotherForm;
}

impl ReencodeComponent for Writer<'_> {
    fn component_func_index(&mut self, function: u32) -> u32 {
        if function < self.plan.named { function } else { function.saturating_add(1) }
    }

    fn parse_component_payload(
        &mut self,
        component: &mut Component,
        payload: Payload<'_>,
        whole: &[u8],
    ) -> Result<(), Error<AnotherForm>> {
        match payload {
            Payload::ComponentAliasSection(section) => self.parse_aliases(component, section),
            payload => component_utils::parse_component_payload(self, component, payload, whole),
        }
    }

    fn parse_component_submodule(
        &mut self,
        component: &mut Component,
        parser: Parser,
        module: &[u8],
    ) -> Result<(), Error<AnotherForm>> {
        let number = self.modules;
        self.modules = number.saturating_add(1);
        let mut written = Module::new();
        if number == self.plan.author_module {
            self.plan.author.parse_core_module(&mut written, parser, module)?;
        } else if number != self.plan.shim && number != self.plan.fixup {
            component_utils::parse_component_submodule(self, component, parser, module)?;
            return Ok(());
        }
        component.section(&ModuleSection(&written));
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

    fn component_instance_type(
        &mut self,
        declared: Box<[InstanceTypeDeclaration<'_>]>,
    ) -> Result<InstanceType, Error<AnotherForm>> {
        if !signature::is_the_logs(&declared) {
            return component_utils::component_instance_type(self, declared);
        }
        self.signatures = self.signatures.saturating_add(1);
        signature::in_numbers(self, declared)
    }

    fn parse_component_import_section(
        &mut self,
        imports: &mut ComponentImportSection,
        section: ComponentImportSectionReader<'_>,
    ) -> Result<(), Error<AnotherForm>> {
        for import in section {
            let import = import?;
            let ty = self.component_type_ref(import.ty)?;
            if import.name.name == self.plan.log_name {
                imports.import(LOG_IN_NUMBERS, ty);
            } else {
                imports.import(import.name, ty);
            }
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
        let instance = if self.plan.gone.contains(&number) { Instance::FromExports(Box::default()) } else { instance };
        parse_instance(self, instances, instance)
    }
}

#[cfg(test)]
mod tests;
