//! The archive: a tar file, so that any tar shows what is in a backup. Of the many ways to write one there is one here, and
//! whatever is written otherwise is none: so no byte of it can be changed without being noticed.

use std::io::{self, Read, Write};
use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::random::to_hex;

/// What a tar file is made of.
pub(super) const BLOCK: usize = 512;
/// Two empty blocks, with which it ends.
static END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];
/// The most that one file in it has, as much as a database keeps in one place. What says more was not written here.
const MOST: u64 = 1 << 30;

/// Where the fields of a header lie that differ from file to file.
const NAME: Range<usize> = 0..100;
const SIZE: Range<usize> = 124..136;
const CHECKSUM: Range<usize> = 148..156;

/// Writes an archive, and computes the digest of it meanwhile.
pub(super) struct ArchiveWriter<W> {
    to: W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> ArchiveWriter<W> {
    pub(super) fn new(to: W) -> Self {
        Self { to, digest: Sha256::new(), bytes: 0 }
    }

    /// Adds a file. Its name is short ASCII.
    pub(super) fn append(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        self.write(&header(name.as_bytes(), length(content)))?;
        self.write(content)?;
        self.write(padding(length(content)))
    }

    /// The SHA-256 of everything so far, in digits.
    pub(super) fn digest_so_far(&self) -> String {
        to_hex(&self.digest.clone().finalize())
    }

    /// Ends it, and returns what it was written to, its digest and how many bytes it has.
    pub(super) fn end(mut self) -> io::Result<(W, String, u64)> {
        self.write(&END)?;
        Ok((self.to, to_hex(&self.digest.finalize()), self.bytes))
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)?;
        self.digest.update(bytes);
        self.bytes = self.bytes.saturating_add(length(bytes));
        Ok(())
    }
}

/// Reads an archive, and computes the digest of it meanwhile.
pub(super) struct ArchiveReader<R> {
    from: R,
    digest: Sha256,
    bytes: u64,
}

/// A file of an archive.
#[derive(Debug)]
pub(super) struct ArchivedFile {
    pub(super) name: String,
    pub(super) content: Vec<u8>,
    /// The SHA-256, in digits, of everything before it.
    pub(super) digest_before: String,
}

/// Why there is no next file.
#[derive(Debug)]
pub(super) enum Fault {
    /// The bytes cannot be read.
    Io(io::Error),
    /// They are not what was written, behind so many that may be.
    Damaged { at: u64 },
    /// They begin otherwise than a backup does.
    Other,
    /// They are of a later format, or of a later schema.
    Newer { format: u32, schema: i64, usher: String },
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl<R: Read> ArchiveReader<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, digest: Sha256::new(), bytes: 0 }
    }

    /// The next file; none at the end, which is also that of what is read.
    pub(super) fn next(&mut self) -> Result<Option<ArchivedFile>, Fault> {
        let digest_before = to_hex(&self.digest.clone().finalize());
        let block: [u8; BLOCK] = self.block()?;
        if block == [0; BLOCK] {
            self.last_block()?;
            return Ok(None);
        }
        let (name, size) = named(&block).ok_or(self.damage())?;
        if block != header(name.as_bytes(), size) || size > MOST {
            return Err(self.damage());
        }
        self.update(&block);
        // Memory is taken as bytes come: a size that is made up costs nothing.
        let mut content = Vec::new();
        let padded = size.saturating_add(length(padding(size)));
        self.from.by_ref().take(padded).read_to_end(&mut content)?;
        self.update(&content);
        let end = usize::try_from(size).unwrap_or(usize::MAX);
        if content.get(end..) != Some(padding(size)) {
            return Err(self.damage());
        }
        content.truncate(end);
        Ok(Some(ArchivedFile { name, content, digest_before }))
    }

    /// The SHA-256 of everything that was read, in digits, and how many bytes that was.
    pub(super) fn end(self) -> (String, u64) {
        (to_hex(&self.digest.finalize()), self.bytes)
    }

    /// What is said of bytes that are not right.
    pub(super) fn damage(&self) -> Fault {
        Fault::Damaged { at: self.bytes }
    }

    fn last_block(&mut self) -> Result<(), Fault> {
        self.update(&[0; BLOCK]);
        if self.block()? != [0; BLOCK] {
            return Err(self.damage());
        }
        self.update(&[0; BLOCK]);
        match self.from.by_ref().take(1).read_to_end(&mut Vec::new())? {
            0 => Ok(()),
            _ => Err(self.damage()),
        }
    }

    fn block(&mut self) -> Result<[u8; BLOCK], Fault> {
        let mut block = [0; BLOCK];
        match self.from.read_exact(&mut block) {
            Ok(()) => Ok(block),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(self.damage()),
            Err(error) => Err(error.into()),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes = self.bytes.saturating_add(length(bytes));
    }
}

/// The header of a file that its owner alone may read, that belongs to nobody and is from 1970: the same content makes the same
/// archive.
fn header(name: &[u8], size: u64) -> [u8; BLOCK] {
    let mut header = [0; BLOCK];
    let size = format!("{size:011o}");
    let fields: [(Range<usize>, &[u8]); 11] = [
        (NAME, name),
        (100..108, b"0000600"),
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

/// The name and the size in a header.
fn named(header: &[u8]) -> Option<(String, u64)> {
    let text = |field| header.get(field).and_then(|field: &[u8]| field.split(|byte| *byte == 0).next());
    let name = std::str::from_utf8(text(NAME)?).ok()?;
    let size = std::str::from_utf8(text(SIZE)?).ok()?;
    (!name.is_empty()).then_some((name.to_owned(), u64::from_str_radix(size, 8).ok()?))
}

/// What fills the last block of so many bytes.
fn padding(size: u64) -> &'static [u8] {
    let beyond = usize::try_from(size).map_or(0, |size| size % BLOCK);
    END.get(..(BLOCK - beyond) % BLOCK).unwrap_or_default()
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ArchiveWriter::new(Vec::new());
        files.iter().for_each(|(name, content)| archive.append(name, content).unwrap());
        archive.end().unwrap().0
    }

    fn read(archive: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Fault> {
        let mut reader = ArchiveReader::new(archive);
        let mut files = Vec::new();
        while let Some(file) = reader.next()? {
            files.push((file.name, file.content));
        }
        assert_eq!(reader.end(), (to_hex(&Sha256::digest(archive)), length(archive)));
        Ok(files)
    }

    #[test]
    fn files_are_read_as_they_were_written() {
        let sizes: [&[u8]; 3] = [&[7; 511], &[7; 512], &[7; 513]];
        let [below, even, above] = sizes;
        let cases: [&[(&str, &[u8])]; 3] = [&[], &[("a", b"")], &[("a", below), ("b", even), ("c/d", above)]];
        for files in cases {
            let found = read(&archive(files)).unwrap();
            assert!(found.iter().map(|(name, content)| (&**name, &**content)).eq(files.iter().copied()), "{found:?}");
        }
    }

    #[test]
    fn a_size_that_is_made_up_is_refused() {
        for size in [4, 513, 1 << 20, MOST, MOST + 1, 0o77_777_777_777] {
            let mut archive = archive(&[("a", b"abc")]);
            archive[..BLOCK].copy_from_slice(&header(b"a", size));
            let found = read(&archive);
            // Where another size lies in the same block, it is the padding that is not right, or nothing is.
            assert!(size == 4 || matches!(found, Err(Fault::Damaged { .. })), "{size}: {found:?}");
        }
    }
}
