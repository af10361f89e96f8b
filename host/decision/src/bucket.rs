//! Which of one hundred test groups an identifier falls into.

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
}
