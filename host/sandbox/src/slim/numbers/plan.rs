//! Which of a component's parts are there for the log alone.

use wasmparser::{CanonicalOption, Export, ExternalKind, Instance};

use super::author::Author;
use crate::slim::AnotherForm;
use crate::slim::fixup::Shifted;
use crate::slim::parts::{Parts, Source, get, only};
use crate::slim::plan::{givens, shim};

/// The log's name in the contract, without its version, and that of its function.
const LOG: &str = "usher:provisioning/log@";
pub(super) const WRITE: &str = "write";

/// What has to be written in the place of what.
pub(super) struct Plan<'a> {
    /// The modules, by their numbers.
    pub(super) author_module: u32,
    pub(super) shim: u32,
    pub(super) fixup: u32,
    pub(super) author: Author,
    pub(super) shim_instance: u32,
    /// The core instances of which nothing stays: the shim's, the fix-up's, and what that is given.
    pub(super) gone: [u32; 3],
    /// The log, among the instances outside of core modules.
    pub(super) log: u32,
    pub(super) log_name: &'a str,
    /// The number that its function gets outside of core modules.
    pub(super) named: u32,
}

impl<'a> Plan<'a> {
    pub(super) fn of(parts: &Parts<'a>) -> Result<Self, AnotherForm> {
        let is_one = !parts.outside.is_nested && parts.tables.len() == 1;
        let imported = (0_u32..).zip(&parts.outside.instances);
        let logs = imported.filter_map(|(number, name)| Some((number, name.filter(|name| name.starts_with(LOG))?)));
        let (log, log_name) = only(logs)?;
        let (shim_instance, shim, found) = shim(parts)?;
        let is_the_shims = |function: u32| is_of(shim_instance, get(&parts.functions, function));
        let named = parts.functions.iter().find_map(|source| match source {
            Source::Instance { instance, functions, .. } if *instance == shim_instance => Some(*functions),
            _ => None,
        });

        // Whoever has functions of the shim is the author's module, and nobody else.
        let names_shims = |exports: &[Export<'_>]| functions(exports).any(is_the_shims);
        let author_module = only(givens(parts, names_shims)?.into_iter())?;
        let author_instance = parts.instance_of(author_module)?;

        // Whoever has its table is the fix-up, and that has nothing else but the log's function, as it reads the author's memory.
        let Some(Source::Instance { instance, name, .. }) = parts.tables.first() else { return Err(AnotherForm) };
        let is_its_table = *instance == shim_instance && found.has_table(name);
        let names_table = |exports: &[Export<'_>]| exports.iter().any(|export| export.kind == ExternalKind::Table);
        let fixup = only(givens(parts, names_table)?.into_iter())?;
        let count = u32::try_from(parts.instances.len())?;
        let given = only((0..count).filter(|number| parts.exports(*number).is_some_and(names_table)))?;
        let module = |number| get(&parts.modules, number).copied().ok_or(AnotherForm);
        Shifted::read(module(fixup)?, found.size, 0)?;
        let writes = |function: u32| writes(parts, function, log, author_instance);
        let are_all_its = parts.exports(given).is_some_and(|exports| functions(exports).all(writes));

        // Nobody else has that, in any way.
        let others = (0..count).filter(|number| *number != given).filter_map(|number| parts.exports(number));
        let is_elsewhere = others.flat_map(functions).any(|function| lowers(parts, function, log));
        if !is_one || !is_its_table || !are_all_its || is_elsewhere {
            return Err(AnotherForm);
        }
        let is_shims = |from: &str, name: &str| imports(parts, author_instance, (from, name), is_the_shims);
        Ok(Self {
            author_module,
            shim,
            fixup,
            author: Author::read(module(author_module)?, is_shims)?,
            shim_instance,
            gone: [shim_instance, given, parts.instance_of(fixup)?],
            log,
            log_name,
            named: named.ok_or(AnotherForm)?,
        })
    }
}

fn is_of(instance: u32, source: Option<&Source<'_>>) -> bool {
    matches!(source, Some(Source::Instance { instance: of, .. }) if *of == instance)
}

/// The core functions among what an instance is made of.
fn functions(exports: &[Export<'_>]) -> impl Iterator<Item = u32> {
    exports.iter().filter(|export| export.kind == ExternalKind::Func).map(|export| export.index)
}

/// Whether a core function is one of the log's.
fn lowers(parts: &Parts<'_>, function: u32, log: u32) -> bool {
    let Some(Source::Lowered { function, .. }) = get(&parts.functions, function) else { return false };
    matches!(get(&parts.outside.functions, *function), Some(Some((instance, _))) if *instance == log)
}

/// Whether it is the one that writes a line, of a text that is in the author's memory.
fn writes(parts: &Parts<'_>, function: u32, log: u32, author: u32) -> bool {
    let Some(Source::Lowered { function, options }) = get(&parts.functions, function) else { return false };
    let is_write = get(&parts.outside.functions, *function) == Some(&Some((log, WRITE)));
    is_write
        && options.iter().all(|option| match option {
            CanonicalOption::UTF8 => true,
            CanonicalOption::Memory(memory) => is_of(author, get(&parts.memories, *memory)),
            _ => false,
        })
}

/// Whether what an instance imports by both these names is such a function.
fn imports(
    parts: &Parts<'_>,
    instance: u32,
    (from, name): (&str, &str),
    is_one: impl Fn(u32) -> bool,
) -> Result<bool, AnotherForm> {
    let Some(Instance::Instantiate { args, .. }) = get(&parts.instances, instance) else { return Err(AnotherForm) };
    let arg = args.iter().find(|arg| arg.name == from).ok_or(AnotherForm)?;
    let Some(exports) = parts.exports(arg.index) else { return Ok(false) };
    let export = exports.iter().find(|export| export.name == name).ok_or(AnotherForm)?;
    Ok(export.kind == ExternalKind::Func && is_one(export.index))
}
