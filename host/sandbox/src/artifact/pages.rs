//! The pages of code that is mapped from a file: loading touches all of them, and a run few.

use super::Compiled;

/// Code that is mapped from a file.
pub(crate) struct Mapped(Compiled);

impl Mapped {
    /// One that was just mapped.
    pub(super) fn of(compiled: Compiled) -> Self {
        Self(compiled)
    }

    pub(crate) fn compiled(&self) -> &Compiled {
        &self.0
    }

    /// Takes the pages out of this process that loading and linking have touched. They stay in the system's cache, and come from
    /// there when a run needs them.
    #[cfg(target_os = "linux")]
    pub(crate) fn give_back(&self) {
        let range = match &self.0 {
            Compiled::Component(component) => component.image_range(),
            Compiled::Module(module) => module.image_range(),
        };
        let length = range.end.addr().saturating_sub(range.start.addr());
        #[expect(unsafe_code, reason = "advice about memory is given by its address")]
        // SAFETY: the range is a mapping of a file, and that of this code alone. Its code has no relocations, so nothing was ever
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
