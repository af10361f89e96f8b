//! How values are written into a guest's memory.

use wasmtime::component::ComponentType;

/// Places that are counted without a place of their own to count them in: as many lists as a request has.
const FEW: usize = 8;
/// Where nothing is that has no bytes.
const NOWHERE: usize = 1;

/// What lies where in a guest's memory, beside a value's own bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Each text and each list in a place of its own, which the guest may give back.
    Apart,
    /// All texts side by side in one place, and each list in one of its own. Where there is nothing, none is asked for.
    TextsTogether,
    /// Texts and lists side by side, right behind the value.
    Together,
}

/// What can be written into a guest's memory.
pub(super) trait Stored: ComponentType {
    /// Counts what it takes beside its own bytes.
    fn count(&self, needed: &mut Needed);

    /// Writes it, in the same order in which it was counted.
    fn store(&self, at: usize, to: &mut Writer<'_>) -> wasmtime::Result<()>;

    /// What its place is a multiple of.
    #[inline]
    fn align() -> usize {
        usize::try_from(Self::ALIGN32).unwrap_or(usize::MAX)
    }

    /// How many bytes it has itself.
    #[inline]
    fn bytes() -> usize {
        Self::SIZE32
    }
}

/// Items of which there are hardly ever more than a few.
#[derive(Debug)]
struct Few<T> {
    first: [T; FEW],
    count: usize,
    more: Vec<T>,
}

impl<T: Copy + Default> Few<T> {
    fn new() -> Self {
        Self { first: [T::default(); FEW], count: 0, more: Vec::new() }
    }

    #[inline]
    fn push(&mut self, item: T) {
        match self.first.get_mut(self.count) {
            Some(place) => *place = item,
            None => self.more.push(item),
        }
        self.count = self.count.saturating_add(1);
    }

    #[inline]
    fn iter(&self) -> Items<'_, T> {
        self.first.iter().take(self.count).chain(&self.more)
    }
}

type Items<'a, T> = std::iter::Chain<std::iter::Take<std::slice::Iter<'a, T>>, std::slice::Iter<'a, T>>;

/// What values take beside their own bytes.
#[derive(Debug)]
pub(super) struct Needed {
    layout: Layout,
    /// Bytes of what lies side by side.
    together: usize,
    /// Each place: what it is a multiple of, and its bytes.
    places: Few<(usize, usize)>,
}

impl Needed {
    pub(super) fn of(layout: Layout) -> Self {
        Self { layout, together: 0, places: Few::new() }
    }

    /// What a value takes together with all that it has.
    pub(super) fn together<T: Stored>(value: &T) -> usize {
        let mut needed = Self { together: T::bytes(), ..Self::of(Layout::Together) };
        value.count(&mut needed);
        needed.together
    }

    #[inline]
    fn text(&mut self, bytes: usize) {
        match self.layout {
            Layout::Apart => self.places.push((1, bytes)),
            Layout::TextsTogether | Layout::Together => self.together = self.together.saturating_add(bytes),
        }
    }

    #[inline]
    fn list<T: Stored>(&mut self, count: usize) {
        let bytes = count.saturating_mul(T::bytes());
        match self.layout {
            Layout::Together => self.together = aligned(self.together, T::align()).saturating_add(bytes),
            Layout::TextsTogether if count == 0 => {}
            Layout::TextsTogether | Layout::Apart => self.places.push((T::align(), bytes)),
        }
    }
}

#[inline]
fn aligned(place: usize, align: usize) -> usize {
    place.checked_next_multiple_of(align).unwrap_or(usize::MAX)
}

/// Where these are.
pub(super) struct Addresses {
    layout: Layout,
    together: usize,
    places: Few<usize>,
}

impl Addresses {
    /// Asks for all of them, in their order, but for the one of texts that lie together, which comes first.
    pub(super) fn for_all(
        needed: &Needed,
        mut ask: impl FnMut(usize, usize) -> wasmtime::Result<usize>,
    ) -> wasmtime::Result<Self> {
        let together = if needed.together > 0 { ask(1, needed.together)? } else { NOWHERE };
        let mut places = Few::new();
        for (align, bytes) in needed.places.iter() {
            places.push(ask(*align, *bytes)?);
        }
        Ok(Self { layout: needed.layout, together, places })
    }

    /// Of what lies right behind a value that is here.
    pub(super) fn behind<T: Stored>(at: usize) -> Self {
        Self { layout: Layout::Together, together: at.saturating_add(T::bytes()), places: Few::new() }
    }
}

/// A guest's memory, with places in it.
pub(super) struct Writer<'a> {
    memory: &'a mut [u8],
    layout: Layout,
    /// Where the next is written that lies beside others.
    together: usize,
    places: Items<'a, usize>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(memory: &'a mut [u8], addresses: &'a Addresses) -> Self {
        let Addresses { layout, together, places } = addresses;
        Self { memory, layout: *layout, together: *together, places: places.iter() }
    }

    /// Where the next value is written that has a place of its own.
    #[inline]
    fn place(&mut self) -> wasmtime::Result<usize> {
        self.places.next().copied().ok_or_else(outside)
    }

    /// Where the next is written that lies beside others.
    #[inline]
    fn beside(&mut self, align: usize, bytes: usize) -> usize {
        let place = aligned(self.together, align);
        self.together = place.saturating_add(bytes);
        place
    }

    /// Where the next text of so many bytes is written.
    #[inline]
    fn text(&mut self, bytes: usize) -> wasmtime::Result<usize> {
        if self.layout == Layout::Apart { self.place() } else { Ok(self.beside(1, bytes)) }
    }

    /// Where the next list of so many items is written.
    #[inline]
    fn list<T: Stored>(&mut self, count: usize) -> wasmtime::Result<usize> {
        match self.layout {
            Layout::Together => Ok(self.beside(T::align(), count.saturating_mul(T::bytes()))),
            Layout::TextsTogether if count == 0 => Ok(T::align()),
            Layout::TextsTogether | Layout::Apart => self.place(),
        }
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

/// INVARIANT: places were seen to be in the guest's memory when it gave them.
#[cold]
fn outside() -> wasmtime::Error {
    wasmtime::Error::msg("a place outside of memory")
}

/// Where a part of something begins, if what comes before it ends there.
#[inline]
pub(super) fn begin<T: Stored>(_: &T, end: usize) -> usize {
    end.next_multiple_of(T::align())
}

impl Stored for String {
    #[inline]
    fn count(&self, needed: &mut Needed) {
        needed.text(self.len());
    }

    #[inline]
    fn store(&self, at: usize, to: &mut Writer<'_>) -> wasmtime::Result<()> {
        let place = to.text(self.len())?;
        to.pointer(at, place, self.len())?;
        to.bytes(place, self.as_bytes())
    }
}

impl<T: Stored> Stored for Vec<T> {
    #[inline]
    fn count(&self, needed: &mut Needed) {
        needed.list::<T>(self.len());
        self.iter().for_each(|item| item.count(needed));
    }

    #[inline]
    fn store(&self, at: usize, to: &mut Writer<'_>) -> wasmtime::Result<()> {
        let mut place = to.list::<T>(self.len())?;
        to.pointer(at, place, self.len())?;
        for item in self {
            item.store(place, to)?;
            place = place.saturating_add(T::bytes());
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
            Some(some) => some.store(at.saturating_add(T::align()), to),
            None => Ok(()),
        }
    }
}

impl<T: Stored, E: Stored> Stored for Result<T, E> {
    fn count(&self, needed: &mut Needed) {
        match self {
            Ok(value) => value.count(needed),
            Err(error) => error.count(needed),
        }
    }

    fn store(&self, at: usize, to: &mut Writer<'_>) -> wasmtime::Result<()> {
        to.bytes(at, &[self.is_err().into()])?;
        let value = at.saturating_add(T::align().max(E::align()));
        match self {
            Ok(ok) => ok.store(value, to),
            Err(error) => error.store(value, to),
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
        self.1.store(begin(&self.1, at.saturating_add(A::bytes())), to)
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

plain!(|value| value.to_le_bytes(); u8, u32, u64, i32, f64);
plain!(|value| [u8::from(*value)]; bool);
