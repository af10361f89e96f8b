//! What carries a bundle may lose, change or replace any of it: nothing but the whole one is opened.

use usher_bundle::{Bundle, OpenError, SigningKey, TrustedKeys};

use crate::fixture::{draft, key};

fn opened(bytes: &[u8]) -> Result<Bundle, OpenError> {
    Bundle::open(bytes.to_vec(), &TrustedKeys::one(key().public()))
}

#[test]
fn a_bundle_with_any_one_bit_changed_is_refused() {
    let whole = draft().sign(&key()).unwrap().as_bytes().to_vec();
    assert!(opened(&whole).is_ok());
    let mut changed = whole.clone();
    for at in 0..whole.len() {
        // One bit of every byte, each bit in turn; all of the trailer's.
        let bits = if at + 512 >= whole.len() { 0..8 } else { at % 8..at % 8 + 1 };
        for bit in bits {
            changed[at] ^= 1 << bit;
            assert!(opened(&changed).is_err(), "bit {bit} of byte {at}");
            assert!(Bundle::open_of_anybody(changed.clone()).is_err(), "bit {bit} of byte {at}");
            changed[at] ^= 1 << bit;
        }
    }
}

#[test]
fn a_bundle_that_is_cut_off_or_goes_on_is_refused() {
    let whole = draft().sign(&key()).unwrap().as_bytes().to_vec();
    for length in 0..whole.len() {
        assert_eq!(opened(&whole[..length]), Err(OpenError::NoSignature), "{length} bytes of it");
    }
    for more in [&[0][..], &[0; 512], &whole] {
        opened(&[&whole, more].concat()).unwrap_err();
        opened(&[more, &whole].concat()).unwrap_err();
    }
}

#[test]
fn a_bundle_of_somebody_else_is_refused_by_name() {
    let stranger = SigningKey::generate().unwrap();
    let bundle = draft().sign(&stranger).unwrap();
    let error = opened(bundle.as_bytes()).unwrap_err();
    assert_eq!(error, OpenError::NotTrusted { signer: stranger.public() });
    assert!(error.to_string().contains(&stranger.public().to_string()), "{error}");
    // The name of a trusted key, put over a stranger's, is not that key's signature.
    let whole = draft().sign(&key()).unwrap();
    let archive = bundle.as_bytes().len() - 512;
    let forged = [&bundle.as_bytes()[..archive], &whole.as_bytes()[archive..archive + 60]].concat();
    let forged = [&forged, &bundle.as_bytes()[archive + 60..]].concat();
    assert_eq!(opened(&forged), Err(OpenError::Damaged { signer: key().public() }));
}

#[test]
fn two_keys_are_trusted_while_one_takes_the_place_of_the_other() {
    let (old, new) = (key(), SigningKey::generate().unwrap());
    let both = TrustedKeys::one(old.public()).and(new.public());
    for key in [&old, &new] {
        let bundle = draft().sign(key).unwrap();
        assert_eq!(Bundle::open(bundle.as_bytes().to_vec(), &both).unwrap().signer(), key.public());
    }
    let after = TrustedKeys::one(new.public());
    let bundle = draft().sign(&old).unwrap();
    assert!(matches!(Bundle::open(bundle.as_bytes().to_vec(), &after), Err(OpenError::NotTrusted { .. })));
}

#[test]
fn garbage_is_no_bundle() {
    for garbage in [&b""[..], b"<html>404</html>", &[0; 4096], &[0xff; 512]] {
        assert_eq!(opened(garbage), Err(OpenError::NoSignature));
    }
    let mut later = draft().sign(&key()).unwrap().as_bytes().to_vec();
    let format = later.len() - 512 + 19;
    later[format] = 2;
    assert_eq!(opened(&later), Err(OpenError::Format { found: 2 }));
}
