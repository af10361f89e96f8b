//! Enumerations that a catalog file spells as one word out of a few.

/// Ties an enumeration to the words that stand for it in a file, in messages and in diagnostics.
pub(super) trait Word: Copy + 'static {
    /// All values, in the order in which messages list them.
    const ALL: &'static [Self];

    /// Returns the word for this value.
    fn word(self) -> &'static str;
}
