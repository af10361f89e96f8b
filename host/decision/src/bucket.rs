//! Where an identifier falls: which of one hundred test groups, and which place in a rollout.

/// What sets the places in rollouts apart from the test groups: it must differ from 0, their seed.
const ROLLOUT_SEED: u32 = 0x7573_6872;

/// Returns the test group of an identifier: a number from 0 to 99 that never changes.
///
/// Workflows use it to give a feature to some users and not to others. The same identifier is in the same group on
/// every machine and in every release of Usher, and a set of identifiers spreads evenly over the groups, whatever they
/// look like. Groups say nothing about a user, and they are no secret: anyone who knows an identifier can compute it.
///
/// The group is the 32-bit hash of the identifier's UTF-8 bytes, scaled down: `hash * 100 / 2^32`. Scaling
/// uses the whole hash, needs no division, and no group gets more than one hash value more than another. The hash is
/// `MurmurHash3`, variant `x86_32`, with seed 0, as in the [reference implementation] of Austin Appleby.
///
/// [reference implementation]: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
///
/// ```
/// assert_eq!(usher_decision::test_group_100("user-1"), 97);
/// ```
#[must_use]
pub fn test_group_100(identifier: &str) -> u8 {
    let scaled = u64::from(murmur3_x86_32(identifier.as_bytes(), 0)) * 100;
    // The upper 32 bits are below 100, so that their lowest byte is all of them.
    let [group, ..] = (scaled >> 32).to_le_bytes();
    group
}

/// Holds the place of an identifier in every rollout of a release: a number that never changes.
///
/// It is the 32-bit hash of the identifier's UTF-8 bytes, as for [`test_group_100`] but with a seed of its own: who gets a new
/// release has nothing to do with the groups by which authors divide their users. It is the same on every machine, in every
/// rollout and in every release of Usher, and no secret.
///
/// ```
/// use usher_decision::RolloutPlace;
///
/// let place = RolloutPlace::of("user-1");
/// assert_eq!((place.bucket(), place.fold()), (9_788, 15));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RolloutPlace(u32);

impl RolloutPlace {
    /// Is the number of buckets.
    pub const BUCKETS: u16 = 10_000;
    /// Is the number of folds.
    pub const FOLDS: u8 = 64;

    /// Returns the place of an identifier.
    #[must_use]
    pub fn of(identifier: &str) -> Self {
        Self(murmur3_x86_32(identifier.as_bytes(), ROLLOUT_SEED))
    }

    /// Returns the bucket, a number from 0 to 9 999. A rollout to some share of the users is one to the buckets below it, so
    /// that a larger share moves nobody out.
    #[must_use]
    pub fn bucket(self) -> u16 {
        let scaled = u64::from(self.0) * u64::from(Self::BUCKETS);
        // The upper 32 bits are below 10 000, so that their lowest two bytes are all of them.
        let [low, high, ..] = (scaled >> 32).to_le_bytes();
        u16::from_le_bytes([low, high])
    }

    /// Returns the fold, a number from 0 to 63: which of so many parts of equal size the user is in, whatever the bucket.
    /// How much a rate varies between folds says how much of it is chance.
    #[must_use]
    pub fn fold(self) -> u8 {
        // Buckets take the upper bits of the hash, folds the lowest.
        let [low, ..] = self.0.to_le_bytes();
        low % Self::FOLDS
    }
}

/// Computes `MurmurHash3`, variant `x86_32`.
fn murmur3_x86_32(bytes: &[u8], seed: u32) -> u32 {
    let (blocks, tail) = bytes.as_chunks::<4>();
    let mut hash = seed;
    for block in blocks {
        hash ^= scramble(u32::from_le_bytes(*block));
        hash = hash.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64);
    }
    let last = tail.iter().rev().fold(0, |last, byte| (last << 8) | u32::from(*byte));
    // No bytes left scramble to 0, which changes nothing.
    hash ^= scramble(last);
    // The reference counts in 32 bits too; nobody hashes four gigabytes here.
    hash ^= u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    avalanche(hash)
}

/// Spreads the bits of one block.
fn scramble(block: u32) -> u32 {
    block.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593)
}

/// Makes every bit of the hash depend on every other.
fn avalanche(mut hash: u32) -> u32 {
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOX: &str = "The quick brown fox jumps over the lazy dog";

    #[track_caller]
    fn check_hash(text: &str, seed: u32, expected: u32) {
        assert_eq!(murmur3_x86_32(text.as_bytes(), seed), expected, "{text:?} with seed {seed:#x}");
    }

    #[test]
    fn hash_agrees_with_the_published_vectors() {
        check_hash("", 0, 0);
        check_hash("", 1, 0x514e_28b7);
        check_hash("", 0xffff_ffff, 0x81f1_6f39);
        check_hash("test", 0, 0xba6b_d213);
        check_hash("Hello, world!", 0, 0xc036_3e43);
        check_hash(FOX, 0, 0x2e4f_f723);
        check_hash("", 0x9747_b28c, 0xebb6_c228);
        check_hash("a", 0x9747_b28c, 0x7fa0_9ea6);
        check_hash("aa", 0x9747_b28c, 0x5d21_1726);
        check_hash("aaa", 0x9747_b28c, 0x283e_0130);
        check_hash("aaaa", 0x9747_b28c, 0x5a97_808a);
        check_hash("test", 0x9747_b28c, 0x704b_81dc);
        check_hash("Hello, world!", 0x9747_b28c, 0x2488_4cba);
        check_hash(FOX, 0x9747_b28c, 0x2fa8_26cd);
    }

    #[track_caller]
    fn check_group(identifier: &str, expected: u8) {
        assert_eq!(test_group_100(identifier), expected, "{identifier:?}");
    }

    /// A change here moves users between the groups of running experiments: never edit it, only add to it.
    #[test]
    fn groups_are_frozen() {
        check_group("", 0);
        check_group("a", 23);
        check_group("ab", 60);
        check_group("abc", 70);
        check_group("abcd", 26);
        check_group("0", 82);
        check_group("00", 56);
        check_group("user-1", 97);
        check_group(" user-1", 21);
        check_group("user-2", 86);
        check_group("user-3", 16);
        check_group("anon_7f3c9a", 76);
        check_group("jane@news.example", 47);
        check_group("6f1c1c2e-0b7a-4a53-9d0e-2f6d8f7b9a10", 53);
        check_group("Zürich", 16);
        check_group("読者", 91);
        check_group("🎟", 85);
    }

    #[test]
    fn a_million_identifiers_spread_evenly() {
        let mut sizes = [0_u32; 100];
        for number in 0..1_000_000 {
            sizes[usize::from(test_group_100(&format!("user-{number}")))] += 1;
        }
        for (group, size) in sizes.iter().enumerate() {
            assert!((9_500..=10_500).contains(size), "group {group} has {size} of 10000 expected members");
        }
    }

    #[track_caller]
    fn check_place(identifier: &str, expected: (u16, u8)) {
        let place = RolloutPlace::of(identifier);
        assert_eq!((place.bucket(), place.fold()), expected, "{identifier:?}");
    }

    /// A change here moves users between releases in the middle of a rollout: never edit it, only add to it.
    #[test]
    fn places_in_rollouts_are_frozen() {
        check_place("", (9_577, 1));
        check_place("a", (819, 13));
        check_place("ab", (4_696, 42));
        check_place("abc", (97, 35));
        check_place("abcd", (8_134, 46));
        check_place("0", (3_178, 45));
        check_place("user-1", (9_788, 15));
        check_place(" user-1", (3_113, 7));
        check_place("user-2", (4_145, 31));
        check_place("user-3", (956, 46));
        check_place("anon_7f3c9a", (5_759, 38));
        check_place("jane@news.example", (3_157, 19));
        check_place("6f1c1c2e-0b7a-4a53-9d0e-2f6d8f7b9a10", (7_349, 27));
        check_place("Zürich", (305, 48));
        check_place("読者", (6_424, 13));
        check_place("🎟", (1_509, 14));
    }

    #[test]
    fn a_share_is_a_share_of_whatever_identifiers_there_are() {
        let kinds: [fn(u32) -> String; 3] = [
            |number| format!("user-{number}"),
            |number| format!("{number:08x}-0b7a-4a53-9d0e-2f6d8f7b9a10"),
            |number| format!("{number}@news.example"),
        ];
        for identifier in kinds {
            let places: Vec<_> = (0..100_000).map(|number| RolloutPlace::of(&identifier(number))).collect();
            let tenth: Vec<_> = places.iter().filter(|place| place.bucket() < 1_000).collect();
            assert!((9_700..=10_300).contains(&tenth.len()), "{}", tenth.len());
            for fold in 0..RolloutPlace::FOLDS {
                let size = tenth.iter().filter(|place| place.fold() == fold).count();
                assert!((100..=220).contains(&size), "fold {fold} of the tenth has {size} of 156 expected members");
            }
        }
    }

    #[test]
    fn places_have_nothing_to_do_with_test_groups() {
        let mut sizes = [[0_u32; 2]; 100];
        for identifier in (0..400_000).map(|number| format!("user-{number}")) {
            let half = usize::from(RolloutPlace::of(&identifier).bucket() < 5_000);
            sizes[usize::from(test_group_100(&identifier))][half] += 1;
        }
        assert!(sizes.iter().flatten().all(|size| (1_750..=2_250).contains(size)), "{sizes:?}");
    }
}
