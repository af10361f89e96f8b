//! What a guest hands over, read from its memory.

use crate::instance::HANDOVER_BYTES;
use crate::workflow::Slugs;

/// A guest's memory, and how much of what is there it may hand over yet.
pub(super) struct Reader<'a> {
    memory: &'a [u8],
    left: usize,
}

/// The bytes of what tells where something is and how much of it.
const POINTER_BYTES: usize = 8;
const POINTER_ALIGN: usize = 4;
/// An answer: the number of its case, and a list or a text.
const ANSWER_BYTES: usize = 12;

impl<'a> Reader<'a> {
    /// The memory of a guest that has handed over nothing yet.
    pub(super) fn new(memory: &'a [u8]) -> Self {
        Self { memory, left: HANDOVER_BYTES }
    }

    /// A text.
    pub(super) fn text(&mut self, at: u32, bytes: u32) -> wasmtime::Result<String> {
        let (at, bytes) = (usize::try_from(at)?, usize::try_from(bytes)?);
        let Some(text) = self.slice(at, bytes) else {
            wasmtime::bail!("string pointer/length out of bounds of memory");
        };
        self.take(bytes)?;
        Ok(std::str::from_utf8(text)?.to_owned())
    }

    /// What a workflow answers: slugs, or why it gives none.
    pub(super) fn answer(&mut self, at: u32) -> wasmtime::Result<Slugs> {
        let at = usize::try_from(at)?;
        if !at.is_multiple_of(POINTER_ALIGN) {
            wasmtime::bail!("return pointer not aligned");
        }
        let Some([case, _, _, _, value @ ..]) = self.slice(at, ANSWER_BYTES) else {
            wasmtime::bail!("pointer out of bounds of memory");
        };
        let (place, count) = pointer(value);
        match case {
            0 => self.texts(place, count).map(Ok),
            1 => self.text(place, count).map(Err),
            case => wasmtime::bail!("unexpected discriminant: {case}"),
        }
    }

    /// A list of texts.
    fn texts(&mut self, at: u32, count: u32) -> wasmtime::Result<Vec<String>> {
        let (at, count) = (usize::try_from(at)?, usize::try_from(count)?);
        let Some(pointers) = count.checked_mul(POINTER_BYTES).and_then(|bytes| self.slice(at, bytes)) else {
            wasmtime::bail!("list pointer/length out of bounds of memory");
        };
        // What it becomes here counts.
        self.take(count.saturating_mul(size_of::<String>()))?;
        if !at.is_multiple_of(POINTER_ALIGN) {
            wasmtime::bail!("list pointer is not aligned");
        }
        let texts = pointers.chunks_exact(POINTER_BYTES).map(|text| {
            let (at, bytes) = pointer(text);
            self.text(at, bytes)
        });
        texts.collect()
    }

    fn slice(&self, at: usize, bytes: usize) -> Option<&'a [u8]> {
        self.memory.get(at..at.checked_add(bytes)?)
    }

    /// Takes so many bytes of what may be handed over.
    fn take(&mut self, bytes: usize) -> wasmtime::Result<()> {
        let Some(left) = self.left.checked_sub(bytes) else {
            wasmtime::bail!(
                "too much data is being copied between the host and the guest: at most {HANDOVER_BYTES} bytes are allowed"
            );
        };
        self.left = left;
        Ok(())
    }
}

/// Where something is, and how much of it.
fn pointer(bytes: &[u8]) -> (u32, u32) {
    let half = |from: usize| bytes.get(from..).and_then(|half| half.first_chunk()).copied().unwrap_or_default();
    (u32::from_le_bytes(half(0)), u32::from_le_bytes(half(POINTER_ALIGN)))
}
