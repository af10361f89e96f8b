//! The archive: a tar file of which there is only one for the same files. Whatever is not written exactly as it is written
//! here is no archive, so there is nothing in one that was not looked at.

use std::ops::Range;

/// What a tar file is made of.
const BLOCK: usize = 512;
/// Two empty blocks, after which other programs read no further.
const END: usize = 2 * BLOCK;

/// Where the fields of a header lie that differ from file to file.
const NAME: Range<usize> = 0..100;
const SIZE: Range<usize> = 124..136;
const CHECKSUM: Range<usize> = 148..156;

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// Where its content lies.
    pub(crate) content: Range<usize>,
}

/// Appends a file. Its name is short ASCII.
pub(crate) fn append(archive: &mut Vec<u8>, name: &str, content: &[u8]) {
    archive.extend_from_slice(&header(name.as_bytes(), content.len()));
    archive.extend_from_slice(content);
    archive.resize(archive.len().next_multiple_of(BLOCK), 0);
}

/// Ends an archive.
pub(crate) fn end(archive: &mut Vec<u8>) {
    archive.resize(archive.len().saturating_add(END), 0);
}

/// The files of an archive, in their order, or at which byte it is not what is written here.
pub(crate) fn read(archive: &[u8]) -> Result<Vec<Entry>, usize> {
    let mut entries = Vec::new();
    let mut at = 0;
    loop {
        let rest = archive.get(at..).ok_or(at)?;
        if rest.len() == END && rest.iter().all(|byte| *byte == 0) {
            return Ok(entries);
        }
        let found = rest.get(..BLOCK).ok_or(at)?;
        let (name, size) = named(found).ok_or(at)?;
        if found != header(name.as_bytes(), size) {
            return Err(at);
        }
        let begin = at + BLOCK;
        let end = begin.checked_add(size).ok_or(at)?;
        let next = end.checked_next_multiple_of(BLOCK).ok_or(at)?;
        if archive.get(end..next).ok_or(at)?.iter().any(|byte| *byte != 0) {
            return Err(end);
        }
        entries.push(Entry { name, content: begin..end });
        at = next;
    }
}

/// The header of a file that anybody may read, that belongs to nobody and is from 1970.
fn header(name: &[u8], size: usize) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    let size = format!("{size:011o}");
    let fields: [(Range<usize>, &[u8]); 11] = [
        (NAME, name),
        (100..108, b"0000644"),
        (108..116, b"0000000"),
        (116..124, b"0000000"),
        (SIZE, size.as_bytes()),
        (136..148, b"00000000000"),
        // As which it counts while the checksum is made.
        (CHECKSUM, b"        "),
        (156..157, b"0"),
        (257..265, b"ustar\x0000"),
        (329..337, b"0000000"),
        (337..345, b"0000000"),
    ];
    for (place, value) in fields {
        put(&mut header, place, value);
    }
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    put(&mut header, CHECKSUM, format!("{sum:06o}\0 ").as_bytes());
    header
}

/// Writes a value at the beginning of a field.
fn put(header: &mut [u8; BLOCK], field: Range<usize>, value: &[u8]) {
    let field = header.get_mut(field).into_iter().flatten();
    field.zip(value).for_each(|(place, byte)| *place = *byte);
}

/// The name and size in a header.
fn named(header: &[u8]) -> Option<(String, usize)> {
    let text = |field| header.get(field).and_then(|field: &[u8]| field.split(|byte| *byte == 0).next());
    let name = std::str::from_utf8(text(NAME)?).ok()?;
    let size = std::str::from_utf8(text(SIZE)?).ok()?;
    (!name.is_empty()).then_some((name.to_owned(), usize::from_str_radix(size, 8).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = Vec::new();
        files.iter().for_each(|(name, content)| append(&mut archive, name, content));
        end(&mut archive);
        archive
    }

    #[test]
    fn files_are_read_as_they_were_written() {
        let sizes: [&[u8]; 3] = [&[7; 511], &[7; 512], &[7; 513]];
        let [below, even, above] = sizes;
        let cases: [&[(&str, &[u8])]; 3] = [&[], &[("a", b"")], &[("a", below), ("b", even), ("c/d", above)]];
        for files in cases {
            let archive = archive(files);
            let entries = read(&archive).unwrap();
            let found: Vec<_> = entries.iter().map(|entry| (&*entry.name, &archive[entry.content.clone()])).collect();
            assert_eq!(found, files);
        }
    }

    #[test]
    fn a_byte_that_is_otherwise_makes_it_no_archive_or_other_files() {
        let archive = archive(&[("a", b"abc")]);
        let entries = read(&archive).unwrap();
        for at in 0..archive.len() {
            let mut other = archive.clone();
            other[at] ^= 1;
            let is_content = entries[0].content.contains(&at);
            assert_eq!(read(&other).is_ok(), is_content, "byte {at}");
        }
        for length in 0..archive.len() {
            read(&archive[..length]).unwrap_err();
        }
        read(&[&archive[..], &[0]].concat()).unwrap_err();
    }

    #[test]
    fn a_size_beyond_everything_is_refused() {
        let mut archive = archive(&[("a", b"abc")]);
        archive[..BLOCK].copy_from_slice(&header(b"a", 0o77_777_777_777));
        assert_eq!(read(&archive), Err(0));
    }
}
