//! A bound on bytes: what was not used for the longest time gives way.

use std::collections::{BTreeMap, HashMap};

use super::Key;

/// Values by key, up to so many bytes together.
#[derive(Debug)]
pub(super) struct LeastRecent<V> {
    entries: HashMap<Key, Entry<V>>,
    /// The keys by when they were used last. INVARIANT: the same keys as in `entries`.
    order: BTreeMap<u64, Key>,
    /// The moment of the next use: uses are counted, not timed.
    now: u64,
    bytes: u64,
    most: u64,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    bytes: u64,
    used: u64,
}

impl<V> LeastRecent<V> {
    pub(super) fn new(most: u64) -> Self {
        Self { entries: HashMap::new(), order: BTreeMap::new(), now: 0, bytes: 0, most }
    }

    /// The bytes of all values.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether a value of this size can be held at all.
    pub(super) fn can_hold(&self, bytes: u64) -> bool {
        bytes <= self.most
    }

    /// Returns a value, which is the last to give way from now on.
    pub(super) fn touch(&mut self, key: &Key) -> Option<&V> {
        let entry = self.entries.get_mut(key)?;
        self.order.remove(&entry.used);
        entry.used = self.now;
        self.order.insert(self.now, *key);
        self.now += 1;
        Some(&entry.value)
    }

    /// Holds a value of this size in the place of all others of its key, and returns the keys that gave way to it.
    pub(super) fn insert(&mut self, key: Key, value: V, bytes: u64) -> Vec<Key> {
        self.remove(&key);
        if !self.can_hold(bytes) {
            return vec![key];
        }
        let mut gone = Vec::new();
        while self.bytes.saturating_add(bytes) > self.most {
            let Some((_, oldest)) = self.order.first_key_value() else { break };
            let oldest = *oldest;
            self.remove(&oldest);
            gone.push(oldest);
        }
        self.bytes = self.bytes.saturating_add(bytes);
        self.order.insert(self.now, key);
        self.entries.insert(key, Entry { value, bytes, used: self.now });
        self.now += 1;
        gone
    }

    pub(super) fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.entries.remove(key) {
            self.order.remove(&entry.used);
            self.bytes = self.bytes.saturating_sub(entry.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, LeastRecent};

    const NONE: [Key; 0] = [];

    fn key(number: u8) -> Key {
        [number; 32]
    }

    #[test]
    fn the_bound_is_on_bytes() {
        let mut held = LeastRecent::new(10);
        assert_eq!(held.insert(key(1), 'a', 4), NONE);
        assert_eq!(held.insert(key(2), 'b', 6), NONE, "just at the bound");
        assert_eq!((held.bytes(), held.touch(&key(1))), (10, Some(&'a')));
        assert_eq!(held.insert(key(3), 'c', 1), [key(2)], "just above, and the other was used last");
        assert_eq!((held.bytes(), held.touch(&key(2))), (5, None));
        assert_eq!(held.insert(key(4), 'd', 10), [key(1), key(3)]);
        assert_eq!((held.bytes(), held.touch(&key(4))), (10, Some(&'d')));
    }

    #[test]
    fn what_can_never_be_held_takes_nobodys_place() {
        let mut held = LeastRecent::new(10);
        assert_eq!(held.insert(key(1), 'a', 10), NONE);
        assert_eq!(held.insert(key(2), 'b', 11), [key(2)]);
        assert_eq!((held.bytes(), held.touch(&key(2))), (10, None));
        assert_eq!(held.touch(&key(1)), Some(&'a'));
    }

    #[test]
    fn a_key_counts_once() {
        let mut held = LeastRecent::new(10);
        assert_eq!(held.insert(key(1), 'a', 6), NONE);
        assert_eq!(held.insert(key(1), 'b', 5), NONE);
        assert_eq!((held.bytes(), held.touch(&key(1))), (5, Some(&'b')));
        held.remove(&key(1));
        held.remove(&key(1));
        assert_eq!((held.bytes(), held.touch(&key(1))), (0, None));
    }
}
