//! What a catalog says to people, as text that a comment can hold.

/// Characters that turn the direction of text around. Compilers refuse them in comments.
const TURNING: [std::ops::RangeInclusive<char>; 2] = ['\u{202a}'..='\u{202e}', '\u{2066}'..='\u{2069}'];

/// A text on one line, of nothing but characters that are seen.
pub(super) fn one_line(text: &str) -> String {
    let seen = |char: &char| !char.is_control() && !TURNING.iter().any(|range| range.contains(char));
    let words = text.split_whitespace().map(|word| word.chars().filter(seen).collect::<String>());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_text_is_one_line_that_can_be_seen() {
        assert_eq!(one_line("  Every\r\nreader\u{2028}is \u{202e}here\u{0} \u{2069} "), "Every reader is here");
        assert_eq!(one_line("Überall 漢字"), "Überall 漢字");
    }
}
