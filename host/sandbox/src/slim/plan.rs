//! Which of a component's parts are the author's module, the shim and the fix-up, and what becomes of them.

use wasmparser::{Export, ExternalKind, Instance};

use super::AnotherForm;
use super::author::Merged;
use super::fixup::Shifted;
use super::parts::{Parts, Source, get, only};
use super::shim::{Hop, Shim};

/// What has to be written in the place of what.
pub(super) struct Plan {
    /// The modules, by their numbers, and two of their instances.
    pub(super) author: u32,
    pub(super) author_instance: u32,
    pub(super) shim: u32,
    pub(super) shim_instance: u32,
    pub(super) fixup: u32,
    pub(super) merged: Merged,
    pub(super) shifted: Shifted,
    /// The number that each core function of the component has from now on; none of the shim's.
    functions: Vec<Option<u32>>,
}

impl Plan {
    pub(super) fn of(parts: &Parts<'_>) -> Result<Self, AnotherForm> {
        let (shim_instance, shim, found) = shim(parts)?;
        let is_the_shims =
            |source: &Source<'_>| matches!(source, Source::Instance { instance, .. } if *instance == shim_instance);
        let mut numbers = 0..u32::MAX;
        let number = |source| if is_the_shims(source) { None } else { numbers.next() };
        let functions: Vec<_> = parts.functions.iter().map(number).collect();
        let given_shims = |exports: &[Export<'_>]| exports.iter().any(|export| names_one(export, &functions));

        // Whoever has functions of the shim is the author's module, and nobody else.
        let author = only(givens(parts, given_shims)?.into_iter())?;
        let author_instance = parts.instance_of(author)?;

        // The same for the table and the fix-up, whose instance comes last.
        let table = only((0_u32..).zip(&parts.tables).filter(|(_, source)| is_the_shims(source)))?;
        let Source::Instance { name, after, .. } = *table.1 else { return Err(AnotherForm) };
        let is_made = usize::try_from(author_instance).is_ok_and(|author| author < after);
        if !found.has_table(name) || !is_made {
            return Err(AnotherForm);
        }
        let names_it = |export: &Export<'_>| export.kind == ExternalKind::Table && export.index == table.0;
        let fixup = only(givens(parts, |exports| exports.iter().any(names_it))?.into_iter())?;
        parts.instance_of(fixup)?;

        let module = |number| get(&parts.modules, number).copied().ok_or(AnotherForm);
        let hop = |from: &str, name: &str| imported(parts, author_instance, (from, name), &functions, &found);
        let merged = Merged::read(module(author)?, found.size, hop)?;
        let shifted = Shifted::read(module(fixup)?, found.size, merged.base())?;
        Ok(Self { author, author_instance, shim, shim_instance, fixup, merged, shifted, functions })
    }

    /// The number that a core function has from now on.
    pub(super) fn function(&self, function: u32) -> Result<u32, AnotherForm> {
        get(&self.functions, function).copied().flatten().ok_or(AnotherForm)
    }

    /// Whether something that an instance is made of is a function of the shim.
    pub(super) fn is_the_shims(&self, export: &Export<'_>) -> bool {
        names_one(export, &self.functions)
    }
}

/// Whether it is a function, and one that has no number any more.
fn names_one(export: &Export<'_>, functions: &[Option<u32>]) -> bool {
    export.kind == ExternalKind::Func && get(functions, export.index).is_some_and(Option::is_none)
}

/// The only instance whose module is a shim and that nobody is given as a whole.
fn shim<'a>(parts: &Parts<'a>) -> Result<(u32, u32, Shim<'a>), AnotherForm> {
    only((0_u32..).zip(&parts.instances).filter_map(|(number, instance)| {
        let Instance::Instantiate { module_index, args } = instance else { return None };
        let is_alone = args.is_empty() && parts.given(number).next().is_none();
        let shim = Shim::read(get(&parts.modules, *module_index).filter(|_| is_alone)?).ok()?;
        parts.instance_of(*module_index).ok()?;
        Some((number, *module_index, shim))
    }))
}

/// The modules that are given instances which are made of certain things. Each once.
fn givens(parts: &Parts<'_>, is_one: impl Fn(&[Export<'_>]) -> bool) -> Result<Vec<u32>, AnotherForm> {
    let count = u32::try_from(parts.instances.len())?;
    let made = (0..count).filter(|instance| parts.exports(*instance).is_some_and(&is_one));
    let mut modules: Vec<u32> = made.flat_map(|instance| parts.given(instance)).collect();
    modules.sort_unstable();
    modules.dedup();
    Ok(modules)
}

/// What takes the place of a function that the author's module imports, if that is the shim's.
fn imported(
    parts: &Parts<'_>,
    author: u32,
    (from, name): (&str, &str),
    functions: &[Option<u32>],
    shim: &Shim<'_>,
) -> Result<Option<Hop>, AnotherForm> {
    let Some(Instance::Instantiate { args, .. }) = get(&parts.instances, author) else { return Err(AnotherForm) };
    let arg = args.iter().find(|arg| arg.name == from).ok_or(AnotherForm)?;
    let Some(exports) = parts.exports(arg.index) else { return Ok(None) };
    let export = exports.iter().find(|export| export.name == name).ok_or(AnotherForm)?;
    if !names_one(export, functions) {
        return Ok(None);
    }
    match get(&parts.functions, export.index) {
        Some(Source::Instance { name, .. }) => shim.function(name).map(Some),
        _ => Err(AnotherForm),
    }
}
