//! From the contract's call to the author's function and back. Everything that `#[workflow]` expands to ends here.

use std::future::Future;
use std::mem::ManuallyDrop;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::bindings::types;
use crate::{IntoPlans, PlansOf, Request};

/// What the contract wants back.
pub type Answer = Result<Vec<String>, String>;

/// Makes ready for one call, which is the only one this instance will ever get: what it was told is not given back
/// to an allocator that is about to disappear itself.
pub fn begin(told: types::Request) -> ManuallyDrop<Request> {
    #[cfg(target_family = "wasm")]
    std::panic::set_hook(Box::new(log_panic));
    ManuallyDrop::new(Request::new(told))
}

/// Ends a call with what the author's function returned.
///
/// # Errors
///
/// The author's refusal.
pub fn end<P: IntoPlans>(plans: P) -> Answer {
    finished(plans.into_plans())
}

/// Ends a call with what the author's function returned, all of it plans of one enum.
///
/// # Errors
///
/// The author's refusal.
pub fn end_of<P, A: PlansOf<P>>(plans: A) -> Answer {
    finished(plans.into_plans_of())
}

/// Ends a call with what the author's `async` function returned.
///
/// # Errors
///
/// The author's refusal, or that the future is not ready.
pub fn end_async<F: Future<Output: IntoPlans>>(workflow: F) -> Answer {
    finished(complete(workflow).and_then(IntoPlans::into_plans))
}

/// Ends a call with what the author's `async` function returned, all of it plans of one enum.
///
/// # Errors
///
/// The author's refusal, or that the future is not ready.
pub fn end_async_of<P, F: Future<Output: PlansOf<P>>>(workflow: F) -> Answer {
    finished(complete(workflow).and_then(PlansOf::into_plans_of))
}

/// An answer after which nothing more happens: what was printed until then is in the log.
fn finished(answer: Answer) -> Answer {
    #[cfg(all(target_os = "wasi", target_env = "p2"))]
    crate::wasi::finish_lines();
    answer
}

/// The look-ups of the contract wait by themselves, so a workflow that awaits only what it may await is ready when it
/// is asked for the first time. Nothing could ever wake one that is not.
fn complete<F: Future>(workflow: F) -> Result<F::Output, String> {
    match pin!(workflow).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(returned) => Ok(returned),
        Poll::Pending => Err("the workflow awaited something that can never complete: there are no timers, threads \
                              or sockets here, and look-ups need no `await`"
            .to_owned()),
    }
}

/// Writes a panic to the author's log: a host sees nothing but a trap, and nobody reads the standard error.
#[cfg(target_family = "wasm")]
fn log_panic(panic: &std::panic::PanicHookInfo<'_>) {
    crate::log::error(PanicLine { location: panic.location(), message: panic.payload_as_str() });
}

/// Says where a panic happened and why, in one line.
#[cfg(any(target_family = "wasm", test))]
struct PanicLine<'a> {
    location: Option<&'a std::panic::Location<'a>>,
    message: Option<&'a str>,
}

#[cfg(any(target_family = "wasm", test))]
impl std::fmt::Display for PanicLine<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("panicked")?;
        if let Some(location) = self.location {
            write!(formatter, " at {location}")?;
        }
        match self.message {
            Some(message) => write!(formatter, ": {message}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::{PanicLine, end_async};

    #[test]
    fn an_async_workflow_that_never_waits_is_answered() {
        let answer = end_async(async {
            ready(()).await;
            ["a"]
        });
        assert_eq!(answer, Ok(vec!["a".to_owned()]));
    }

    #[test]
    fn an_async_workflow_that_waits_is_refused() {
        let refusal = end_async(pending::<Vec<String>>()).unwrap_err();
        assert!(refusal.starts_with("the workflow awaited something that can never complete: "), "{refusal}");
    }

    #[test]
    fn a_panic_is_one_line() {
        let location = std::panic::Location::caller();
        let line = PanicLine { location: Some(location), message: Some("no tier") }.to_string();
        assert_eq!(line, format!("panicked at {location}: no tier"));
        assert_eq!(PanicLine { location: None, message: None }.to_string(), "panicked");
    }
}
