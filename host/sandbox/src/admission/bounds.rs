//! How much a module may consist of: counted before anything of it is validated, so that no later check has more to do
//! than these numbers say.

use wasmparser::{BinaryReaderError, ElementItems, FunctionBody, Operator, Parser, Payload};

use super::Refusal;

/// What a module may consist of, over all its parts: some ten times what the largest workflow has that an SDK makes. One in
/// TypeScript has 11 modules, 23 components and 1 735 functions.
const MODULES: u64 = 100;
const COMPONENTS: u64 = 200;
const INSTANCES: u64 = 500;
const DEPTH: u64 = 8;
const TYPES: u64 = 10_000;
const FUNCTIONS: u64 = 20_000;
const MEMORIES: u64 = 100;
const TABLES: u64 = 100;
const GLOBALS: u64 = 5_000;
const SEGMENTS: u64 = 20_000;
const ELEMENTS: u64 = 100_000;
const DATA_BYTES: u64 = 16 << 20;
const NAMES: u64 = 1_000;
/// Bytes of one name of an import or an export, which people are shown.
const NAME_BYTES: u64 = 256;
/// What one function may consist of, because the work of the compiler grows faster than a function: the largest of the
/// JavaScript engine has 54 KB, 86 local variables and 1 191 blocks, 281 of them inside one another.
const FUNCTION_BYTES: u64 = 256 << 10;
const LOCALS: u64 = 5_000;
const NESTING: u64 = 1_000;
const TARGETS: u64 = 20_000;
/// Local variables times blocks: a kilobyte of each keeps the register allocator busy for a minute.
const LOCALS_TIMES_BLOCKS: u64 = 500_000;

/// The fewest bytes that a block is written in: its operator and its type.
const BLOCK_BYTES: u64 = 2;

/// Counts what a module consists of.
#[derive(Default)]
struct Count {
    modules: u64,
    components: u64,
    depth: u64,
    types: u64,
    functions: u64,
    memories: u64,
    tables: u64,
    globals: u64,
    segments: u64,
    elements: u64,
    instances: u64,
    names: u64,
    data_bytes: u64,
}

pub(super) fn check(wasm: &[u8]) -> Result<(), Refusal> {
    let mut count = Count::default();
    for payload in Parser::new(0).parse_all(wasm) {
        count.payload(payload.map_err(malformed)?)?;
    }
    Ok(())
}

impl Count {
    fn payload(&mut self, payload: Payload<'_>) -> Result<(), Refusal> {
        match payload {
            Payload::ModuleSection { .. } => {
                self.deeper()?;
                add("core modules", &mut self.modules, 1, MODULES)
            }
            Payload::ComponentSection { .. } => {
                self.deeper()?;
                add("nested components", &mut self.components, 1, COMPONENTS)
            }
            Payload::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(())
            }
            Payload::CodeSectionEntry(body) => function(&body),
            Payload::DataSection(section) => {
                add("segments", &mut self.segments, section.count().into(), SEGMENTS)?;
                for data in section {
                    let bytes = wide(data.map_err(malformed)?.data.len());
                    add("bytes of data", &mut self.data_bytes, bytes, DATA_BYTES)?;
                }
                Ok(())
            }
            Payload::ElementSection(section) => {
                add("segments", &mut self.segments, section.count().into(), SEGMENTS)?;
                for segment in section {
                    let items = match segment.map_err(malformed)?.items {
                        ElementItems::Functions(items) => items.count(),
                        ElementItems::Expressions(_, items) => items.count(),
                    };
                    add("elements", &mut self.elements, items.into(), ELEMENTS)?;
                }
                Ok(())
            }
            Payload::ComponentImportSection(section) => {
                add("imports and exports", &mut self.names, section.count().into(), NAMES)?;
                section.into_iter().try_for_each(|import| name(import.map_err(malformed)?.name.name))
            }
            Payload::ComponentExportSection(section) => {
                add("imports and exports", &mut self.names, section.count().into(), NAMES)?;
                section.into_iter().try_for_each(|export| name(export.map_err(malformed)?.name.name))
            }
            section => self.section(&section),
        }
    }

    /// A section of which the number of items is all that counts.
    fn section(&mut self, section: &Payload<'_>) -> Result<(), Refusal> {
        match section {
            Payload::ComponentStartSection { .. } => add("instances", &mut self.instances, 1, INSTANCES),
            Payload::TypeSection(section) => add("types", &mut self.types, section.count().into(), TYPES),
            Payload::CoreTypeSection(section) => add("types", &mut self.types, section.count().into(), TYPES),
            Payload::ComponentTypeSection(section) => add("types", &mut self.types, section.count().into(), TYPES),
            Payload::ComponentAliasSection(section) => add("types", &mut self.types, section.count().into(), TYPES),
            Payload::ImportSection(section) => add("functions", &mut self.functions, section.count().into(), FUNCTIONS),
            Payload::FunctionSection(section) => {
                add("functions", &mut self.functions, section.count().into(), FUNCTIONS)
            }
            Payload::ComponentCanonicalSection(section) => {
                add("functions", &mut self.functions, section.count().into(), FUNCTIONS)
            }
            Payload::ExportSection(section) => add("functions", &mut self.functions, section.count().into(), FUNCTIONS),
            Payload::MemorySection(section) => add("memories", &mut self.memories, section.count().into(), MEMORIES),
            Payload::TableSection(section) => add("tables", &mut self.tables, section.count().into(), TABLES),
            Payload::GlobalSection(section) => add("globals", &mut self.globals, section.count().into(), GLOBALS),
            Payload::TagSection(section) => add("globals", &mut self.globals, section.count().into(), GLOBALS),
            Payload::InstanceSection(section) => {
                add("instances", &mut self.instances, section.count().into(), INSTANCES)
            }
            Payload::ComponentInstanceSection(section) => {
                add("instances", &mut self.instances, section.count().into(), INSTANCES)
            }
            _ => Ok(()),
        }
    }

    fn deeper(&mut self) -> Result<(), Refusal> {
        add("components inside one another", &mut self.depth, 1, DEPTH)
    }
}

/// One function: its size, its variables, how deep its blocks go.
fn function(body: &FunctionBody<'_>) -> Result<(), Refusal> {
    add("bytes in one function", &mut 0, wide(body.range().len()), FUNCTION_BYTES)?;
    let mut locals = 0;
    for local in body.get_locals_reader().map_err(malformed)? {
        add("local variables in one function", &mut locals, local.map_err(malformed)?.0.into(), LOCALS)?;
    }
    if is_too_short_for_more(wide(body.range().len()), locals) {
        return Ok(());
    }
    let mut operators = body.get_operators_reader().map_err(malformed)?;
    let (mut nesting, mut work, mut targets) = (0, 0, 0);
    while !operators.eof() {
        match operators.read().map_err(malformed)? {
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::Try { .. }
            | Operator::TryTable { .. } => {
                add("blocks inside one another", &mut nesting, 1, NESTING)?;
                add("local variables times blocks in one function", &mut work, locals, LOCALS_TIMES_BLOCKS)?;
            }
            Operator::End => nesting = nesting.saturating_sub(1),
            Operator::BrTable { targets: table } => {
                add("targets of jump tables in one function", &mut targets, table.len().into(), TARGETS)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a function of this size cannot reach any other bound, whatever is in it: a block takes two bytes, a target of a
/// jump table one. Most functions are that short, and are not read here.
fn is_too_short_for_more(bytes: u64, locals: u64) -> bool {
    let blocks = bytes.div_ceil(BLOCK_BYTES);
    blocks <= NESTING && locals.saturating_mul(blocks) <= LOCALS_TIMES_BLOCKS && bytes <= TARGETS
}

fn name(name: &str) -> Result<(), Refusal> {
    add("bytes in one name", &mut 0, wide(name.len()), NAME_BYTES)
}

/// Adds to a count, unless that makes it more than it may be.
fn add(what: &'static str, count: &mut u64, more: u64, most: u64) -> Result<(), Refusal> {
    *count = count.saturating_add(more);
    if *count > most {
        return Err(Refusal::TooComplex { what: what.into(), found: *count, most });
    }
    Ok(())
}

fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
fn malformed(error: BinaryReaderError) -> Refusal {
    Refusal::Malformed { reason: error.to_string() }
}

#[cfg(test)]
mod tests;
