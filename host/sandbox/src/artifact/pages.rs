//! The pages of code that is mapped from a file: loading touches all of them, and a run few.

use wasmtime::component::Component;

/// A component that is mapped from a file.
pub(crate) struct Mapped(Component);

impl Mapped {
    /// One that was just mapped.
    pub(super) fn of(component: Component) -> Self {
        Self(component)
    }

    pub(crate) fn component(&self) -> &Component {
        &self.0
    }

    /// Takes the pages out of this process that loading and linking have touched. They stay in the system's cache, and come from
    /// there when a run needs them.
    #[cfg(target_os = "linux")]
    pub(crate) fn give_back(&self) {
        let range = self.0.image_range();
        let length = range.end.addr().saturating_sub(range.start.addr());
        #[expect(unsafe_code, reason = "advice about memory is given by its address")]
        // SAFETY: the range is a mapping of a file, and the component's own. Its code has no relocations, so nothing was ever
        // written to it, and it has been read-only since: what comes back is what is there.
        let advised =
            unsafe { rustix::mm::madvise(range.start.cast_mut().cast(), length, rustix::mm::Advice::LinuxDontNeed) };
        if let Err(error) = advised {
            tracing::debug!(%error, "the pages of code are not given back");
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn give_back(&self) {}
}
