use std::fs;

use tempfile::TempDir;

use super::{FolderStore, Key, UNFINISHED, key};
use crate::admission::hex;

fn open(folder: &TempDir, bytes: u64) -> FolderStore {
    FolderStore::open(folder.path(), bytes).unwrap()
}

fn numbered(number: u8) -> Key {
    [number; 32]
}

/// A function whose file takes one block, digest included.
const ONE_BLOCK: [u8; 4096 - 32] = [7; 4096 - 32];

#[test]
fn what_was_kept_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder, 1 << 20);
    assert_eq!(store.get(&numbered(1)), None);
    assert!(store.insert(numbered(1), b"code"));
    for store in [store, open(&folder, 1 << 20)] {
        assert_eq!((store.get(&numbered(1)).as_deref(), store.bytes()), (Some(b"code".as_slice()), 4096));
    }
    assert_eq!(fs::read_dir(folder.path().join("01")).unwrap().count(), 1, "nothing unfinished is left");
}

#[test]
fn the_bound_holds_on_the_disk_and_through_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder, 2 * 4096);
    assert!(store.insert(numbered(1), &ONE_BLOCK) && store.insert(numbered(2), &ONE_BLOCK), "just at the bound");
    assert!(store.get(&numbered(1)).is_some() && store.get(&numbered(2)).is_some());
    assert!(store.get(&numbered(1)).is_some());
    assert!(store.insert(numbered(3), b"code"), "one block above");
    assert_eq!(store.get(&numbered(2)), None, "this one was not used for the longest time");
    assert!(!store.path(&numbered(2)).exists() && store.get(&numbered(1)).is_some());
    assert!(!store.insert(numbered(4), &[0; 2 * 4096 - 31]), "a byte more than there is place for at all");
    assert!(store.insert(numbered(5), &[0; 2 * 4096 - 32]) && store.bytes() == 2 * 4096);

    assert!(store.insert(numbered(1), &ONE_BLOCK) && store.insert(numbered(2), &ONE_BLOCK));
    let smaller = open(&folder, 4096);
    let kept = [1, 2].map(|number| smaller.path(&numbered(number)).exists());
    assert_eq!((smaller.bytes(), kept.into_iter().filter(|kept| *kept).count()), (4096, 1));
}

#[test]
fn what_another_process_writes_and_removes_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (open(&folder, 1 << 20), open(&folder, 1 << 20));
    assert!(one.insert(numbered(1), b"code"));
    assert_eq!((other.bytes(), other.get(&numbered(1)).is_some(), other.bytes()), (0, true, 4096));
    fs::remove_dir_all(folder.path()).unwrap();
    assert_eq!(one.get(&numbered(1)), None);
    assert!(one.insert(numbered(1), b"code") && one.get(&numbered(1)).is_some(), "and made again");
}

#[test]
fn what_a_crash_leaves_is_removed_and_what_is_a_strangers_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder, 1 << 20);
    assert!(store.insert(numbered(1), b"code"));
    let unfinished = store.path(&numbered(1)).with_extension(UNFINISHED);
    fs::write(&unfinished, "co").unwrap();
    let stranger = folder.path().join("01/notes.tmp");
    fs::write(&stranger, "mine").unwrap();
    fs::write(folder.path().join("README"), "mine").unwrap();
    assert!(!store.insert(numbered(1), b"code"), "somebody is writing it");
    assert_eq!(open(&folder, 1 << 20).bytes(), 4096);
    assert!(!unfinished.exists() && stranger.exists() && folder.path().join("README").exists());
    assert!(store.insert(numbered(1), b"code"));
}

#[test]
fn a_disk_that_takes_nothing_costs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder, 1 << 20);
    fs::write(folder.path().join("01"), "no folder").unwrap();
    assert!(!store.insert(numbered(1), b"code") && !store.insert(numbered(1), b"code"));
    assert_eq!((store.get(&numbered(1)), store.bytes()), (None, 0));
    let error = FolderStore::open(&folder.path().join("01"), 1).unwrap_err();
    assert!(error.to_string().contains("01`: expected a folder"), "{error}");
}

#[test]
fn many_may_write_at_once() {
    let folder = tempfile::tempdir().unwrap();
    // Room for half of what is written, so that some remove what others read.
    let stores = [open(&folder, 16 * 4096), open(&folder, 16 * 4096)];
    std::thread::scope(|scope| {
        for worker in 0..4_u8 {
            let store = &stores[usize::from(worker % 2)];
            scope.spawn(move || {
                for number in (0..32).chain(0..32) {
                    let value = [number; 100];
                    store.insert(numbered(number), &value);
                    let found = store.get(&numbered(number));
                    assert!(found.is_none() || found.as_deref() == Some(value.as_slice()), "{number}");
                }
            });
        }
    });
    assert!(stores.iter().all(|store| store.bytes() <= 16 * 4096));
}

#[test]
fn names_are_keys_in_hexadecimal() {
    assert_eq!(key(&hex(&numbered(0xa7))), Some(numbered(0xa7)));
    for wrong in ["", "a7", &"g".repeat(64), &"a".repeat(63), &"a".repeat(65), &"a".repeat(66)] {
        assert_eq!(key(wrong), None, "{wrong}");
    }
}
