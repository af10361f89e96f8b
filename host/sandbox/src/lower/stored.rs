//! How values lie in a guest's memory: the canonical ABI of the component model, as far as the contract has need of it.
//! <https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md>

use wasmtime::component::ComponentType;

/// The most lists that one request has. None of them has lists itself.
const LISTS: usize = 8;
/// Where nothing is that has no bytes.
const NOWHERE: usize = 1;

/// What can be written into a guest's memory.
pub(super) trait Stored: ComponentType {
    /// Counts what it takes beside its own bytes.
    fn count(&self, needed: &mut Needed);

    /// Writes it, in the same order in which it was counted.
    fn store(&self, at: usize, to: &mut Writer<'_>) -> wasmtime::Result<()>;
}

/// What values take beside their own bytes.
#[derive(Debug, Default)]
pub(super) struct Needed {
    /// Bytes of all texts.
    texts: usize,
    /// Bytes of each list that has items, and what its place is a multiple of.
    lists: [(usize, u32); LISTS],
    count: usize,
}

/// Where these are.
pub(super) struct Addresses {
    texts: usize,
    lists: [usize; LISTS],
}

impl Addresses {
    /// Asks for a place for all texts and one for each list.
    pub(super) fn for_all(
        needed: &Needed,
        mut ask: impl FnMut(u32, usize) -> wasmtime::Result<usize>,
    ) -> wasmtime::Result<Self> {
        let mut found = Self { texts: NOWHERE, lists: [NOWHERE; LISTS] };
        if needed.texts > 0 {
            found.texts = ask(1, needed.texts)?;
        }
        for ((bytes, align), place) in needed.lists.iter().zip(&mut found.lists).take(needed.count) {
            *place = ask(*align, *bytes)?;
        }
        Ok(found)
    }
}

/// A guest's memory, with places in it.
pub(super) struct Writer<'a> {
    memory: &'a mut [u8],
    /// Where the next text is written.
    texts: usize,
    lists: std::array::IntoIter<usize, LISTS>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(memory: &'a mut [u8], addresses: &Addresses) -> Self {
        Self { memory, texts: addresses.texts, lists: addresses.lists.into_iter() }
    }

    #[inline]
    pub(super) fn bytes(&mut self, at: usize, bytes: &[u8]) -> wasmtime::Result<()> {
        let place = at.checked_add(bytes.len()).and_then(|end| self.memory.get_mut(at..end));
        place.ok_or_else(outside)?.copy_from_slice(bytes);
        Ok(())
    }

    /// Writes where something is, and how much of it.
    #[inline]
    fn pointer(&mut self, at: usize, place: usize, count: usize) -> wasmtime::Result<()> {
        let (place, count) = (u32::try_from(place)?, u32::try_from(count)?);
        self.bytes(at, &(u64::from(place) | u64::from(count) << 32).to_le_bytes())
    }
}

/// INVARIANT: the engine has seen that places are in the guest's memory.
#[cold]
fn outside() -> wasmtime::Error {
    wasmtime::Error::msg("a place outside of memory")
}

/// Where a part of something begins, if what comes before it ends there.
#[inline]
pub(super) fn begin<T: ComponentType>(_: &T, end: usize) -> usize {
    end.next_multiple_of(align::<T>())
}

#[inline]
fn align<T: ComponentType>() -> usize {
    usize::try_from(T::ALIGN32).unwrap_or(usize::MAX)
}

impl Stored for String {
    #[inline]
    fn count(&self, needed: &mut Needed) {
        needed.texts = needed.texts.saturating_add(self.len());
    }

    #[inline]
    fn store(&self, at: usize, to: &mut Writer<'_>) -> wasmtime::Result<()> {
        let place = to.texts;
        to.pointer(at, place, self.len())?;
        to.bytes(place, self.as_bytes())?;
        to.texts = place.saturating_add(self.len());
        Ok(())
    }
}

impl<T: Stored> Stored for Vec<T> {
    #[inline]
    fn count(&self, needed: &mut Needed) {
        if self.is_empty() {
            return;
        }
        if let Some(list) = needed.lists.get_mut(needed.count) {
            *list = (self.len().saturating_mul(T::SIZE32), T::ALIGN32);
            needed.count = needed.count.saturating_add(1);
        }
        self.iter().for_each(|item| item.count(needed));
    }

    #[inline]
    fn store(&self, at: usize, to: &mut Writer<'_>) -> wasmtime::Result<()> {
        if self.is_empty() {
            return to.pointer(at, align::<T>(), 0);
        }
        let mut place = to.lists.next().ok_or_else(outside)?;
        to.pointer(at, place, self.len())?;
        for item in self {
            item.store(place, to)?;
            place = place.saturating_add(T::SIZE32);
        }
        Ok(())
    }
}

impl<T: Stored> Stored for Option<T> {
    #[inline]
    fn count(&self, needed: &mut Needed) {
        if let Some(some) = self {
            some.count(needed);
        }
    }

    #[inline]
    fn store(&self, at: usize, to: &mut Writer<'_>) -> wasmtime::Result<()> {
        to.bytes(at, &[self.is_some().into()])?;
        match self {
            Some(some) => some.store(at.saturating_add(align::<T>()), to),
            None => Ok(()),
        }
    }
}

impl<A: Stored, B: Stored> Stored for (A, B) {
    #[inline]
    fn count(&self, needed: &mut Needed) {
        self.0.count(needed);
        self.1.count(needed);
    }

    #[inline]
    fn store(&self, at: usize, to: &mut Writer<'_>) -> wasmtime::Result<()> {
        self.0.store(at, to)?;
        self.1.store(begin(&self.1, at.saturating_add(A::SIZE32)), to)
    }
}

/// What is written as it is, and its bytes.
macro_rules! plain {
    (|$value:ident| $bytes:expr; $($ty:ty),+ $(,)?) => {
        $(
            impl Stored for $ty {
                #[inline]
                fn count(&self, _needed: &mut Needed) {}

                #[inline]
                fn store(&self, at: usize, to: &mut Writer<'_>) -> wasmtime::Result<()> {
                    let $value = self;
                    to.bytes(at, &$bytes)
                }
            }
        )+
    };
}
pub(super) use plain;

plain!(|value| value.to_le_bytes(); u8, u64, i32, f64);
plain!(|value| [u8::from(*value)]; bool);
