//! What names of features, plans and other things that machines refer to look like.

/// The longest slug, in characters.
pub(super) const LONGEST: usize = 64;

/// Returns whether a text can be a slug of at most this length.
pub(super) fn is_slug(text: &str, longest: usize) -> bool {
    text.len() <= longest
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.chars().all(|char| char.is_ascii_alphanumeric() || char == '-' || char == '_')
}

/// Says what a slug of at most this length looks like.
pub(super) fn rule(longest: usize) -> String {
    format!("1 to {longest} ASCII letters, digits, `-` or `_`, the first a letter or digit")
}
