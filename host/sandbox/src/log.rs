//! What a workflow wrote: lines with a level, bounded in bytes.

use std::fmt;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Detail for the author.
    Debug,
    /// What happened.
    Info,
    /// Something looks wrong.
    Warn,
    /// Something is wrong.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        })
    }
}

/// One line of a workflow's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// How much it matters.
    pub level: Level,
    /// What it says, without the line break.
    pub message: String,
}

/// Everything one run wrote, in order, up to its limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    lines: Vec<LogLine>,
    bytes: usize,
    truncated: bool,
}

impl Log {
    /// The lines, oldest first.
    #[must_use]
    pub fn lines(&self) -> &[LogLine] {
        &self.lines
    }

    /// Whether anything was cut because the log was full.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Adds one line, or as much of it as fits below `limit` bytes in all.
    pub(crate) fn push(&mut self, level: Level, message: &str, limit: usize) {
        let room = limit.saturating_sub(self.bytes);
        let cut = message.floor_char_boundary(room.min(message.len()));
        self.truncated |= cut < message.len();
        // A full log stays as it is; an empty line into an empty log is still a line.
        if cut == 0 && !message.is_empty() || room == 0 {
            self.truncated = true;
            return;
        }
        // A line costs at least one byte, so that empty lines cannot grow the log without end.
        self.bytes = self.bytes.saturating_add(cut.max(1));
        self.lines.push(LogLine { level, message: message.get(..cut).unwrap_or_default().to_owned() });
    }

    /// The latest line that says that something is wrong.
    pub(crate) fn last_error(&self) -> Option<&str> {
        self.lines.iter().rev().find(|line| line.level == Level::Error).map(|line| line.message.as_str())
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "{:5} {}", line.level, line.message)?;
        }
        if self.truncated { writeln!(f, "… the rest was cut: the log was full") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(messages: &[&str], limit: usize, kept: &[&str], truncated: bool) {
        let mut log = Log::default();
        for message in messages {
            log.push(Level::Info, message, limit);
        }
        let lines: Vec<_> = log.lines().iter().map(|line| line.message.as_str()).collect();
        assert_eq!((lines.as_slice(), log.is_truncated()), (kept, truncated));
    }

    #[test]
    fn the_log_keeps_what_fits_and_says_what_it_cut() {
        check(&["abc", "de"], 5, &["abc", "de"], false);
        check(&["abc", "def"], 5, &["abc", "de"], true);
        check(&["abcde", "f"], 5, &["abcde"], true);
        check(&[""], 5, &[""], false);
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        check(&["aé"], 2, &["a"], true);
        check(&["aé"], 3, &["aé"], false);
        check(&["é"], 1, &[], true);
    }

    #[test]
    fn empty_lines_cannot_grow_the_log_without_end() {
        let mut log = Log::default();
        (0..1_000).for_each(|_| log.push(Level::Info, "", 64));
        assert_eq!((log.lines().len(), log.is_truncated()), (64, true));
    }
}
