//! Tells the workflow's author something. Lines are kept with the decision's diagnostics.
//!
//! The log is bounded, to 16 KiB by default: what is over is cut, and the log says so. A panic is logged by itself.
//!
//! ```
//! use usher_guest::log;
//!
//! log::info("no trial");
//! log::warn(format_args!("{} claims are missing", 2));
//! ```

use std::fmt::Display;

use crate::host;

pub use crate::bindings::log::Level;

/// Logs detail for the author.
pub fn debug(message: impl Display) {
    write(Level::Debug, &message);
}

/// Logs what happened.
pub fn info(message: impl Display) {
    write(Level::Info, &message);
}

/// Logs that something looks wrong.
pub fn warn(message: impl Display) {
    write(Level::Warn, &message);
}

/// Logs that something is wrong.
pub fn error(message: impl Display) {
    write(Level::Error, &message);
}

fn write(level: Level, message: &dyn Display) {
    host::write_log(level, &message.to_string());
}

#[cfg(test)]
mod tests {
    use super::Level;
    use crate::testing;

    #[test]
    fn lines_are_kept_in_order_with_their_level() {
        let host = testing::host().install();
        super::debug("one");
        super::info(format_args!("{}", 2));
        super::warn("three".to_owned());
        super::error('4');
        let logged: Vec<_> = host.logged().into_iter().map(|line| (line.level, line.message)).collect();
        let expected = [(Level::Debug, "one"), (Level::Info, "2"), (Level::Warn, "three"), (Level::Error, "4")];
        assert_eq!(logged, expected.map(|(level, message)| (level, message.to_owned())));
    }
}
