//! Randomness, from the operating system alone.

/// Says that the operating system gave no random numbers. The operator's move.
#[derive(Debug, thiserror::Error)]
#[error(
    "random numbers: expected them from the operating system, which gave none; the operator has to look at its log"
)]
pub struct RandomnessError {
    source: getrandom::Error,
}

/// Draws this many bytes, which nobody can guess.
pub(crate) fn bytes<const BYTES: usize>() -> Result<[u8; BYTES], RandomnessError> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|source| RandomnessError { source })?;
    Ok(bytes)
}

/// Draws this many bytes, and writes them as twice as many lowercase hexadecimal digits.
pub(crate) fn hex<const BYTES: usize>() -> Result<String, RandomnessError> {
    Ok(to_hex(&bytes::<BYTES>()?))
}

/// Writes bytes as lowercase hexadecimal digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    halves.filter_map(|half| char::from_digit(half.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::{hex, to_hex};

    #[test]
    fn bytes_have_two_digits_each() {
        assert_eq!(to_hex(&[0x00, 0x0f, 0xa9, 0xff]), "000fa9ff");
    }

    #[test]
    fn no_two_draws_are_alike() {
        assert_ne!(hex::<16>().unwrap(), hex::<16>().unwrap());
    }
}
