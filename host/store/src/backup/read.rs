//! Reading a backup: file by file, each held to be what belongs there, and all of them against the digest at the end.

use std::io::Read;

use super::archive::{ArchiveReader, ArchivedFile, Fault};
use super::layout::{AnyHeader, DIGEST, FORMAT, HEADER, Header, MANIFEST, Totals, json, module_name, rows_name};
use super::table::Part;
use crate::module::ModuleDigest;
use crate::schema::newest_version;

/// A backup that is being read. Until the end was reached nothing of it is known to be right.
pub(super) struct BackupReader<R> {
    archive: ArchiveReader<R>,
    header: Header,
    /// The parts that may come next, the one that was read last first.
    parts: Vec<Part>,
    totals: Totals,
}

/// What comes next.
#[derive(Debug)]
pub(super) enum Piece {
    /// Lines of rows, or a module.
    Content(Part, Vec<u8>),
    End,
}

/// What was read, and is right.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) header: Header,
    pub(super) totals: Totals,
    pub(super) digest: String,
    pub(super) bytes: u64,
}

impl<R: Read> BackupReader<R> {
    pub(super) fn begin(from: R) -> Result<Self, Fault> {
        let mut archive = ArchiveReader::new(from);
        // Whatever is damaged here, nothing is known of what it was before.
        let first = match archive.next() {
            Err(Fault::Damaged { .. }) => None,
            other => other?,
        };
        let first = first.filter(|file| file.name == HEADER).ok_or(Fault::Other)?;
        let AnyHeader { format, schema, usher } =
            serde_json::from_slice(&first.content).map_err(|_garbage| Fault::Other)?;
        // What a later schema has more would be lost without a word.
        if format > FORMAT || schema > newest_version() {
            return Err(Fault::Newer { format, schema, usher });
        }
        let header: Header = serde_json::from_slice(&first.content).map_err(|_garbage| Fault::Other)?;
        if json(&header) != first.content {
            return Err(Fault::Other);
        }
        Ok(Self { archive, header, parts: Part::all().collect(), totals: Totals::new() })
    }

    pub(super) fn next(&mut self) -> Result<Piece, Fault> {
        let Some(ArchivedFile { name, content, .. }) = self.archive.next()? else { return Err(self.archive.damage()) };
        if name == MANIFEST {
            return if content == self.totals.manifest() { self.end() } else { Err(self.archive.damage()) };
        }
        let is_of = |part: &Part| name.split_once('/').is_some_and(|(folder, _)| folder == part.name());
        let Some(place) = self.parts.iter().position(is_of) else { return Err(self.archive.damage()) };
        // Those before it are over.
        self.parts.drain(..place);
        let Some(part) = self.parts.first().copied() else { return Err(self.archive.damage()) };
        let number = self.totals.count(part, &content);
        let expected = match part {
            Part::Rows(table) => rows_name(table.part, number),
            Part::Modules => module_name(ModuleDigest::of(&content).as_str()),
        };
        if name == expected { Ok(Piece::Content(part, content)) } else { Err(self.archive.damage()) }
    }

    fn end(&mut self) -> Result<Piece, Fault> {
        let is_right = self
            .archive
            .next()?
            .is_some_and(|file| file.name == DIGEST && file.content == file.digest_before.as_bytes());
        let is_over = is_right && self.archive.next()?.is_none();
        if is_over { Ok(Piece::End) } else { Err(self.archive.damage()) }
    }

    /// What was read, once the end was reached.
    pub(super) fn whole(self) -> Whole {
        let (digest, bytes) = self.archive.end();
        Whole { header: self.header, totals: self.totals, digest, bytes }
    }
}
