//! From text to what is where in it.

use super::{Json, Node};

/// As deep as anything honest is nested, and far less than the stack of a workflow can take.
const DEEPEST: u8 = 128;
/// Bytes that a value of a token commonly takes, its name aside: where the list is as long as that, it need not grow.
const BYTES_PER_NODE: usize = 8;

/// What the whole of this text is.
pub(super) fn document(text: &str) -> Option<Json> {
    let nodes = Vec::with_capacity(text.len() / BYTES_PER_NODE);
    let mut parser = Parser { text, rest: text.as_bytes(), json: Json { nodes, unescaped: String::new() } };
    parser.value(DEEPEST)?;
    parser.peek().is_none().then_some(parser.json)
}

struct Parser<'a> {
    text: &'a str,
    /// What of the text has not been read yet.
    rest: &'a [u8],
    json: Json,
}

impl Parser<'_> {
    fn value(&mut self, levels: u8) -> Option<()> {
        match self.peek()? {
            b'{' => self.object(levels.checked_sub(1)?),
            b'[' => self.array(levels.checked_sub(1)?),
            b'"' => self.quoted(),
            b't' => self.literal("true", Node::Bool(true)),
            b'f' => self.literal("false", Node::Bool(false)),
            b'n' => self.literal("null", Node::Null),
            _ => self.number(),
        }
    }

    fn object(&mut self, levels: u8) -> Option<()> {
        let opened = self.open();
        if !self.eat(b'}') {
            loop {
                if self.peek()? != b'"' {
                    return None;
                }
                self.quoted()?;
                self.eat(b':').then_some(())?;
                self.value(levels)?;
                if !self.eat(b',') {
                    break self.eat(b'}').then_some(())?;
                }
            }
        }
        self.close(opened, Node::Object)
    }

    fn array(&mut self, levels: u8) -> Option<()> {
        let opened = self.open();
        if !self.eat(b']') {
            loop {
                self.value(levels)?;
                if !self.eat(b',') {
                    break self.eat(b']').then_some(())?;
                }
            }
        }
        self.close(opened, Node::Array)
    }

    /// Steps into an array or an object, and says which node it is.
    fn open(&mut self) -> usize {
        _ = self.next();
        self.json.nodes.push(Node::Null);
        self.json.nodes.len() - 1
    }

    fn close(&mut self, opened: usize, node: impl Fn(usize) -> Node) -> Option<()> {
        let end = self.json.nodes.len();
        *self.json.nodes.get_mut(opened)? = node(end);
        Some(())
    }

    fn literal(&mut self, word: &str, node: Node) -> Option<()> {
        self.rest = self.rest.strip_prefix(word.as_bytes())?;
        self.json.nodes.push(node);
        Some(())
    }

    /// A number of JSON: no leading zeros, and digits on both sides of a point.
    fn number(&mut self) -> Option<()> {
        let start = self.place();
        self.step_over(|byte| byte == b'-');
        if !self.step_over(|byte| byte == b'0') {
            self.digits()?;
        }
        if self.step_over(|byte| byte == b'.') {
            self.digits()?;
        }
        if self.step_over(|byte| matches!(byte, b'e' | b'E')) {
            self.step_over(|byte| matches!(byte, b'+' | b'-'));
            self.digits()?;
        }
        self.json.nodes.push(Node::Number(start..self.place()));
        Some(())
    }

    /// One digit or more.
    fn digits(&mut self) -> Option<()> {
        let is_digit = |byte: u8| byte.is_ascii_digit();
        self.step_over(is_digit).then_some(())?;
        while self.step_over(is_digit) {}
        Some(())
    }

    /// A text, at whose first quotation mark this is.
    fn quoted(&mut self) -> Option<()> {
        _ = self.next();
        let (start, unescaped) = (self.place(), self.json.unescaped.len());
        let mut written = start;
        loop {
            self.rest = self.rest.get(plain(self.rest)..)?;
            let end = self.place();
            match self.next()? {
                b'"' if written == start => {
                    self.json.nodes.push(Node::Text(start..end));
                    return Some(());
                }
                b'"' => {
                    self.json.unescaped.push_str(self.text.get(written..end)?);
                    self.json.nodes.push(Node::Unescaped(unescaped..self.json.unescaped.len()));
                    return Some(());
                }
                b'\\' => {
                    self.json.unescaped.push_str(self.text.get(written..end)?);
                    let escaped = self.escaped()?;
                    self.json.unescaped.push(escaped);
                    written = self.place();
                }
                _ => return None,
            }
        }
    }

    /// What stands after a backslash.
    fn escaped(&mut self) -> Option<char> {
        Some(match self.next()? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode()?,
            _ => return None,
        })
    }

    /// What stands after `\u`: one code unit of UTF-16, or both of a pair.
    fn unicode(&mut self) -> Option<char> {
        let first = self.code_unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        (self.next()? == b'\\' && self.next()? == b'u').then_some(())?;
        let second = self.code_unit()?.checked_sub(0xdc00)?;
        if second > 0x3ff {
            return None;
        }
        char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second)
    }

    fn code_unit(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |unit, _| Some(unit << 4 | char::from(self.next()?).to_digit(16)?))
    }

    /// The first byte that is no space, and still to be read.
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.rest {
                [b' ' | b'\n' | b'\r' | b'\t', rest @ ..] => self.rest = rest,
                rest => return rest.first().copied(),
            }
        }
    }

    /// Steps over this byte and the space before it, if it comes next.
    fn eat(&mut self, byte: u8) -> bool {
        // Most of what comes by has no space in it.
        self.step_over(|next| next == byte) || (self.peek() == Some(byte) && self.next().is_some())
    }

    /// Steps over one byte, if it is there and wanted.
    fn step_over(&mut self, wanted: impl Fn(u8) -> bool) -> bool {
        match self.rest {
            [byte, rest @ ..] if wanted(*byte) => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn next(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    /// How many bytes of the text have been read.
    const fn place(&self) -> usize {
        self.text.len() - self.rest.len()
    }
}

/// How many bytes there are before the first that a text does not simply have: a quotation mark, a backslash, a control
/// character. Eight are looked at together, because that is what most of a token is.
fn plain(bytes: &[u8]) -> usize {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    const HIGHEST: u64 = EACH << 7;
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The highest bit of each byte that is less than a number, or of one after such a byte.
        let less = |word: u64, than: u8| word.wrapping_sub(EACH * u64::from(than)) & !word & HIGHEST;
        let is = |byte: u8| less(word ^ (EACH * u64::from(byte)), 1);
        let found = less(word, b' ') | is(b'"') | is(b'\\');
        if found != 0 {
            return index * 8 + usize::try_from(found.trailing_zeros() / 8).unwrap_or_default();
        }
    }
    let is_plain = |byte: &&u8| !matches!(**byte, b'"' | b'\\' | 0..=0x1f);
    words.as_flattened().len() + rest.iter().take_while(is_plain).count()
}
