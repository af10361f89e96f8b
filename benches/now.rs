//! What a decision comes to that has nothing to wait for.

use tokio::runtime::Handle;

/// The value of a future that is there at once, without what a runtime adds. A workflow that the machine kept waiting for
/// milliseconds goes on elsewhere; then the runtime around this waits for it.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => Handle::current().block_on(future),
    }
}
