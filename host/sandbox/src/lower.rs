//! A request, written into a guest's memory in one go.
//!
//! Of a guest that does as the contract says and no more, the host has to ask for a place for each text of a request, some thirty
//! times, and asking takes longer than writing. A guest that keeps all texts for as long as it lives says so in its manifest. It is
//! asked for one place for all of them.
//!
//! What such a guest finds is what it would have found anyway, but for where texts are. Lists have places of their own, which guests
//! give back.

mod contract;
mod marked;
mod stored;

use std::mem::MaybeUninit;

use wasmtime::component::__internal::wasmtime_environ::component::StringEncoding;
use wasmtime::component::__internal::{CanonicalAbiInfo, InstanceType, InterfaceType, LowerContext};
use wasmtime::component::{ComponentType, Lower};

pub(crate) use self::marked::{MARK, marked};
use self::stored::{Addresses, Needed, Stored, Writer};
use crate::request::Request;

/// A request whose texts lie side by side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InOneGo<'a>(pub(crate) &'a Request);

#[expect(unsafe_code, reason = "what is lowered by hand")]
// SAFETY: for the engine this is a `Request` in all respects.
unsafe impl ComponentType for InOneGo<'_> {
    type Lower = <Request as ComponentType>::Lower;

    const ABI: CanonicalAbiInfo = Request::ABI;

    fn typecheck(ty: &InterfaceType, types: &InstanceType<'_>) -> wasmtime::Result<()> {
        Request::typecheck(ty, types)
    }
}

#[expect(unsafe_code, reason = "what is lowered by hand")]
// SAFETY: flat values are those of a `Request`. In memory, each byte is written with a check that it is of the guest's.
unsafe impl Lower for InOneGo<'_> {
    fn linear_lower_to_flat<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        to: &mut MaybeUninit<Self::Lower>,
    ) -> wasmtime::Result<()> {
        self.0.linear_lower_to_flat(cx, ty, to)
    }

    fn linear_lower_to_memory<T>(
        &self,
        cx: &mut LowerContext<'_, T>,
        ty: InterfaceType,
        at: usize,
    ) -> wasmtime::Result<()> {
        if cx.options().string_encoding != StringEncoding::Utf8 {
            return self.0.linear_lower_to_memory(cx, ty, at);
        }
        let mut needed = Needed::default();
        self.0.count(&mut needed);
        let addresses = Addresses::for_all(&needed, |align, bytes| cx.realloc(0, 0, align, bytes))?;
        self.0.store(at, &mut Writer::new(cx.as_slice_mut(), &addresses))
    }
}
