//! What carries a backup may lose, change or add any of it: nothing but the whole one is opened.

use super::layout::{DIGEST, Header, MANIFEST, json};
use super::write::BackupWriter;
use super::*;
use crate::module::ModuleDigest;
use crate::random::to_hex;
use sha2::{Digest, Sha256};

/// A small backup, with a module and a table.
fn backup() -> Vec<u8> {
    let mut backup = BackupWriter::begin(Vec::new(), &Header::new(Some("00".repeat(32)))).unwrap();
    let draft = &table::BEFORE_MODULES[1];
    backup.row(draft, br#"{"id":1,"number":3,"catalog":null}"#).unwrap();
    backup.end_rows(draft).unwrap();
    backup.module(&ModuleDigest::of(b"wasm"), b"wasm").unwrap();
    let written = backup.end().unwrap();
    assert_eq!(written.digest, to_hex(&Sha256::digest(&written.to)));
    written.to
}

/// The archive that these files make, with the right digest at its end.
fn sealed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = archive::ArchiveWriter::new(Vec::new());
    files.iter().for_each(|(name, content)| archive.append(name, content).unwrap());
    let digest = archive.digest_so_far();
    archive.append(DIGEST, digest.as_bytes()).unwrap();
    archive.end().unwrap().0
}

#[test]
fn a_whole_backup_says_what_is_in_it() {
    let bytes = backup();
    let whole = verify(bytes.as_slice()).unwrap();
    let summary = BackupSummary::of(whole.digest, whole.bytes, &whole.totals);
    assert_eq!(summary.digest, to_hex(&Sha256::digest(&bytes)));
    assert_eq!(summary.size_bytes, u64::try_from(bytes.len()).unwrap());
    assert_eq!((summary.rows("draft"), summary.rows("modules"), summary.rows("keys")), (1, 1, 0));
}

#[test]
fn a_backup_with_any_one_bit_changed_is_refused() {
    let mut bytes = backup();
    for at in 0..bytes.len() {
        // One bit of every byte, each bit in turn.
        bytes[at] ^= 1 << (at % 8);
        verify(bytes.as_slice()).expect_err(&format!("byte {at}"));
        bytes[at] ^= 1 << (at % 8);
    }
    verify(bytes.as_slice()).unwrap();
}

#[test]
fn a_backup_that_is_cut_off_or_goes_on_is_refused() {
    let bytes = backup();
    for length in 0..bytes.len() {
        verify(&bytes[..length]).expect_err(&format!("{length} bytes of it"));
    }
    for more in [&[0][..], &[0; 512], &[0; 1024], b"\n", &bytes] {
        verify([&bytes, more].concat().as_slice()).unwrap_err();
        verify([more, &bytes].concat().as_slice()).unwrap_err();
    }
}

#[test]
fn what_is_not_a_backup_is_told_from_a_damaged_one() {
    for other in [&b""[..], b"<html>404</html>", &[0; 4096], &sealed(&[("index.json", b"{}")])] {
        assert!(matches!(verify(other), Err(Fault::Other)), "{other:?}");
    }
    let header = json(&Header::new(None));
    let cut = sealed(&[("usher-backup.json", &header)]);
    assert!(matches!(verify(cut.as_slice()), Err(Fault::Damaged { .. })));
}

#[test]
fn a_newer_format_or_schema_is_refused_by_its_version() {
    for (header, found) in [
        (&br#"{"format":2,"usher":"9.1.0","what":"else"}"#[..], "found format 2 and schema version 0"),
        (br#"{"format":1,"schema":999,"usher":"9.1.0","secret_check":null}"#, "found format 1 and schema version 999"),
    ] {
        let fault = verify(sealed(&[("usher-backup.json", header)]).as_slice()).unwrap_err();
        let error = BackupError::of(Path::new("b.tar"), fault);
        assert!(matches!(error, BackupError::Newer { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(found) && text.contains("written by usher 9.1.0"), "{text}");
    }
}

/// Whoever writes the right digest over it all has not written a backup yet.
#[test]
fn files_that_do_not_belong_there_are_refused() {
    let header = json(&Header::new(None));
    let row = &b"{\"id\":1,\"number\":3,\"catalog\":null}\n"[..];
    let (draft, keys) = (("draft/00000001.jsonl", row), ("keys/00000001.jsonl", row));
    let manifest = |files: &[&'static str]| {
        let mut totals = Totals::new();
        for name in files {
            let part = table::Part::all().find(|part| part.name() == *name).unwrap();
            totals.count(part, row);
        }
        totals.manifest()
    };
    let first = ("usher-backup.json", header.as_slice());
    let (one, two) = (manifest(&["draft"]), manifest(&["draft", "keys"]));
    let wrong_module = format!("modules/{}.wasm", ModuleDigest::of(b"another").as_str());
    let good: [&[(&str, &[u8])]; 2] = [&[first, draft, (MANIFEST, &one)], &[first, draft, keys, (MANIFEST, &two)]];
    for files in good {
        verify(sealed(files).as_slice()).unwrap();
    }
    let bad: [&[(&str, &[u8])]; 8] = [
        // A part too few or too many, another order, another number, another name, none of the manifest, or one more behind it.
        &[first, draft, (MANIFEST, &two)],
        &[first, draft, keys, (MANIFEST, &one)],
        &[first, keys, draft, (MANIFEST, &two)],
        &[first, ("draft/00000002.jsonl", row), (MANIFEST, &one)],
        &[first, draft, ("else/00000001.jsonl", row), (MANIFEST, &one)],
        &[first, (&wrong_module, b"wasm"), (MANIFEST, &one)],
        &[first, draft],
        &[first, draft, (MANIFEST, &one), (MANIFEST, &one)],
    ];
    for files in bad {
        let found = verify(sealed(files).as_slice());
        assert!(matches!(found, Err(Fault::Damaged { .. })), "{files:?}");
    }
}
