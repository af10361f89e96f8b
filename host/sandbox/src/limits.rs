//! What one run of a workflow may use, and the meter that holds it to its memory.

use std::time::Duration;

use wasmtime::ResourceLimiter;

/// Bounds one run of one workflow. Fuel decides, the same number on every machine; the deadline is the safety net.
///
/// ```
/// use usher_sandbox::Limits;
///
/// let generous = Limits { fuel: 50_000_000, ..Limits::default() };
/// assert_eq!(generous.memory_bytes, 32 << 20);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Units of work: about one per WebAssembly instruction, one per 64 bytes that cross to the
    /// host, and 100 per call of it. Default 10 M.
    pub fuel: u64,
    /// Wall-clock time, look-ups included. Default 50 ms; checked every [`TICK`](crate::TICK).
    pub deadline: Duration,
    /// Bytes of linear memory, summed over the whole instance. Default 32 MiB, at most [`Limits::MAX_MEMORY_BYTES`].
    pub memory_bytes: usize,
    /// Elements of tables, summed over the whole instance. Default and maximum [`Limits::MAX_TABLE_ELEMENTS`].
    pub table_elements: usize,
    /// How many slugs an answer may have. Default 64.
    pub slugs: usize,
    /// Bytes of one slug. Default 64.
    pub slug_bytes: usize,
    /// Bytes of log that are kept. Default 16 KiB.
    pub log_bytes: usize,
    /// How many look-ups a run may make, repeated ones included. Default 32.
    pub lookups: u32,
    /// Time that one look-up may take. Default 20 ms.
    pub lookup_deadline: Duration,
}

impl Limits {
    /// The most memory that any workflow can be given: 256 MiB.
    pub const MAX_MEMORY_BYTES: usize = 256 << 20;
    /// The most table elements that any workflow can be given.
    pub const MAX_TABLE_ELEMENTS: usize = 20_000;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 10_000_000,
            deadline: Duration::from_millis(50),
            memory_bytes: 32 << 20,
            table_elements: Self::MAX_TABLE_ELEMENTS,
            slugs: 64,
            slug_bytes: 64,
            log_bytes: 16 << 10,
            lookups: 32,
            lookup_deadline: Duration::from_millis(20),
        }
    }
}

/// Counts what an instance holds, over all its memories and tables, and refuses what is over.
#[derive(Debug)]
pub(crate) struct Meter {
    memory_left: usize,
    tables_left: usize,
    refused: bool,
}

impl Meter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory_left: limits.memory_bytes.min(Limits::MAX_MEMORY_BYTES),
            tables_left: limits.table_elements.min(Limits::MAX_TABLE_ELEMENTS),
            refused: false,
        }
    }

    /// Bytes of memory that the instance has, under the limits that it was made with.
    pub(crate) fn memory_bytes(&self, limits: &Limits) -> usize {
        limits.memory_bytes.min(Limits::MAX_MEMORY_BYTES).saturating_sub(self.memory_left)
    }

    /// Whether the instance ever asked for more than it may have.
    pub(crate) fn refused(&self) -> bool {
        self.refused
    }

    fn take(left: &mut usize, refused: &mut bool, current: usize, desired: usize) -> bool {
        match left.checked_sub(desired.saturating_sub(current)) {
            Some(rest) => *left = rest,
            None => *refused = true,
        }
        !*refused
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(Self::take(&mut self.memory_left, &mut self.refused, current, desired))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(Self::take(&mut self.tables_left, &mut self.refused, current, desired))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(limit: usize, growths: &[(usize, usize)], allowed: bool) {
        let mut meter = Meter::new(&Limits { memory_bytes: limit, ..Limits::default() });
        let all = growths.iter().all(|(from, to)| meter.memory_growing(*from, *to, None).unwrap());
        assert_eq!((all, meter.refused()), (allowed, !allowed));
    }

    #[test]
    fn memory_counts_the_whole_instance() {
        check(128 << 10, &[(0, 64 << 10), (64 << 10, 128 << 10)], true);
        check((128 << 10) - 1, &[(0, 64 << 10), (64 << 10, 128 << 10)], false);
        // Two memories of 64 KiB each are 128 KiB, not twice 64.
        check(128 << 10, &[(0, 64 << 10), (0, 64 << 10)], true);
        check(128 << 10, &[(0, 64 << 10), (0, 64 << 10), (0, 1)], false);
    }

    #[test]
    fn tables_count_over_the_whole_instance_too() {
        let mut meter = Meter::new(&Limits { table_elements: 10, ..Limits::default() });
        assert!(meter.table_growing(0, 6, None).unwrap() && meter.table_growing(0, 4, None).unwrap());
        assert!(!meter.table_growing(4, 5, None).unwrap() && meter.refused());
    }

    #[test]
    fn no_workflow_gets_more_than_the_pool_has() {
        check(usize::MAX, &[(0, Limits::MAX_MEMORY_BYTES)], true);
        check(usize::MAX, &[(0, Limits::MAX_MEMORY_BYTES + 1)], false);
    }
}
