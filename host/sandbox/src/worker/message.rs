//! What is said to an admission worker, and what it says: lengths, and then as many bytes.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::admission::{Refusal, Report};
use crate::engine::Sandbox;

/// The most bytes of an assignment, and of a report with its refusal.
const WORDS_BYTES: u64 = 4 << 20;
/// The most bytes of machine code: some thirty for each byte of the largest module.
const CODE_BYTES: u64 = 512 << 20;

/// What a worker is told before it is given a module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Assignment {
    pub(super) compile_cache: Option<PathBuf>,
    pub(super) cpu_seconds: u64,
    pub(super) memory_bytes: u64,
}

impl Default for Assignment {
    fn default() -> Self {
        Self { compile_cache: None, cpu_seconds: 60, memory_bytes: 2 << 30 }
    }
}

impl Assignment {
    /// Everything that is said before the bytes of a module of this length.
    pub(super) fn to_bytes(&self, module: usize) -> io::Result<Vec<u8>> {
        let words = serde_json::to_vec(self)?;
        Ok([&length(words.len())?[..], &words, &length(module)?].concat())
    }

    /// What is said to this worker.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Self> {
        Ok(serde_json::from_slice(&read(from, WORDS_BYTES)?)?)
    }
}

/// The module that a worker is given.
pub(super) fn read_module(from: &mut impl Read) -> io::Result<Vec<u8>> {
    read(from, u64::try_from(Sandbox::MAX_MODULE_BYTES).unwrap_or(u64::MAX))
}

/// What a worker answers: the report, and the machine code or the refusal.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) report: Report,
    pub(super) verdict: Result<Vec<u8>, Refusal>,
    /// What the worker could not give up on this machine.
    pub(super) unconfined: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Words {
    report: Report,
    refusal: Option<Refusal>,
    unconfined: Vec<String>,
}

impl Answer {
    pub(super) fn write(
        report: &Report,
        verdict: Result<&[u8], &Refusal>,
        unconfined: &[String],
        to: &mut impl Write,
    ) -> io::Result<()> {
        let (report, unconfined) = (report.clone(), unconfined.to_owned());
        let words = Words { report, refusal: verdict.err().cloned(), unconfined };
        let (words, code) = (serde_json::to_vec(&words)?, verdict.unwrap_or_default());
        for part in [&words, code] {
            to.write_all(&length(part.len())?)?;
            to.write_all(part)?;
        }
        to.flush()
    }

    pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Self> {
        let words = read_async(from, WORDS_BYTES).await?;
        let Words { report, refusal, unconfined } = serde_json::from_slice(&words)?;
        let code = read_async(from, CODE_BYTES).await?;
        Ok(Self { report, verdict: refusal.map_or(Ok(code), Err), unconfined })
    }
}

fn length(of: usize) -> io::Result<[u8; 8]> {
    u64::try_from(of).map(u64::to_le_bytes).map_err(io::Error::other)
}

fn read(from: &mut impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let length = held_to(most, length)?;
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    whole(length, bytes)
}

async fn read_async(from: &mut (impl AsyncRead + Unpin), most: u64) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length).await?;
    let length = held_to(most, length)?;
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes).await?;
    whole(length, bytes)
}

fn held_to(most: u64, length: [u8; 8]) -> io::Result<u64> {
    let length = u64::from_le_bytes(length);
    let too_long = || io::Error::other(format!("expected at most {most} bytes, found {length}"));
    if length > most { Err(too_long()) } else { Ok(length) }
}

fn whole(length: u64, bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    let is_whole = u64::try_from(bytes.len()) == Ok(length);
    if is_whole { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_reads_what_it_is_told() {
        let assignment = Assignment { compile_cache: Some("cache".into()), cpu_seconds: 1, memory_bytes: 2 };
        let mut told = assignment.to_bytes(3).unwrap();
        told.extend(b"abc");
        let mut rest = &told[..];
        assert_eq!(Assignment::read(&mut rest).unwrap(), assignment);
        assert_eq!(read_module(&mut rest).unwrap(), b"abc");
        for length in 0..told.len() {
            let mut rest = &told[..length];
            let read = Assignment::read(&mut rest).and_then(|_| read_module(&mut rest));
            assert!(read.is_err(), "{length} bytes of it");
        }
    }

    #[test]
    fn nothing_is_read_that_is_longer_than_it_can_be() {
        let most = u64::try_from(Sandbox::MAX_MODULE_BYTES).unwrap();
        let mut module = most.to_le_bytes().to_vec();
        module.resize(module.len() + Sandbox::MAX_MODULE_BYTES, 0);
        assert_eq!(read_module(&mut &module[..]).unwrap().len(), Sandbox::MAX_MODULE_BYTES);
        let error = read_module(&mut &(most + 1).to_le_bytes()[..]).unwrap_err();
        assert!(error.to_string().contains("at most 16777216 bytes"), "{error}");
    }
}
