//! What a decision comes to that waits for nothing.

/// The value of a future that has nothing to wait for.
#[expect(clippy::unreachable, reason = "a benchmark fails by panicking")]
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => unreachable!("nothing here waits"),
    }
}
