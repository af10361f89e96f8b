//! Writing a backup: rows and modules go in one after the other, and nothing of them stays in memory.

use std::io::{self, Write};

use super::archive::ArchiveWriter;
use super::layout::{DIGEST, ENOUGH, HEADER, Header, MANIFEST, Totals, json, module_name, rows_name};
use super::table::{Part, Table};
use crate::module::ModuleDigest;

/// A backup that is being written.
pub(super) struct BackupWriter<W> {
    archive: ArchiveWriter<W>,
    totals: Totals,
    /// Rows that are not written yet.
    rows: Vec<u8>,
}

/// What has been written.
pub(super) struct Written<W> {
    pub(super) to: W,
    pub(super) totals: Totals,
    pub(super) digest: String,
    pub(super) bytes: u64,
}

impl<W: Write> BackupWriter<W> {
    pub(super) fn begin(to: W, header: &Header) -> io::Result<Self> {
        let mut archive = ArchiveWriter::new(to);
        archive.append(HEADER, &json(header))?;
        Ok(Self { archive, totals: Totals::new(), rows: Vec::new() })
    }

    /// Adds a module, of which this is the digest.
    pub(super) fn module(&mut self, digest: &ModuleDigest, wasm: &[u8]) -> io::Result<()> {
        self.totals.count(Part::Modules, wasm);
        self.archive.append(&module_name(digest.as_str()), wasm)
    }

    /// Adds a row: one line of JSON.
    pub(super) fn row(&mut self, table: &'static Table, line: &[u8]) -> io::Result<()> {
        self.rows.extend_from_slice(line);
        self.rows.push(b'\n');
        if self.rows.len() < ENOUGH { Ok(()) } else { self.end_rows(table) }
    }

    /// Ends the rows of a table.
    pub(super) fn end_rows(&mut self, table: &'static Table) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let number = self.totals.count(Part::Rows(table), &self.rows);
        self.archive.append(&rows_name(table.part, number), &self.rows)?;
        self.rows.clear();
        Ok(())
    }

    /// Writes down what there is, and ends it.
    pub(super) fn end(mut self) -> io::Result<Written<W>> {
        self.archive.append(MANIFEST, &self.totals.manifest())?;
        let digest = self.archive.digest_so_far();
        self.archive.append(DIGEST, digest.as_bytes())?;
        let (to, digest, bytes) = self.archive.end()?;
        Ok(Written { to, totals: self.totals, digest, bytes })
    }
}
