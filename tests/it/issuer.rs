//! An issuer of tokens: it has keys, and publishes them over HTTP, for better or worse.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256};
use serde_json::{Value, json};

/// A key that tokens are signed with.
pub(crate) struct Signer {
    kid: Option<&'static str>,
    algorithm: Algorithm,
    key: EncodingKey,
    public: Vec<u8>,
}

impl Signer {
    pub(crate) fn new(kid: impl Into<Option<&'static str>>, algorithm: Algorithm) -> Self {
        let (kind, from_pem): (_, fn(&[u8]) -> _) = match algorithm {
            Algorithm::ES256 => (&PKCS_ECDSA_P256_SHA256, EncodingKey::from_ec_pem),
            Algorithm::EdDSA => (&PKCS_ED25519, EncodingKey::from_ed_pem),
            _ => (&PKCS_RSA_SHA256, EncodingKey::from_rsa_pem),
        };
        let pair = KeyPair::generate_for(kind).unwrap();
        let key = from_pem(pair.serialize_pem().as_bytes()).unwrap();
        Self { kid: kid.into(), algorithm, key, public: pair.public_key_raw().to_vec() }
    }

    /// A token of `reader-1`, good until the end of time.
    pub(crate) fn token(&self) -> String {
        self.token_with(self.algorithm)
    }

    /// The same, signed with another algorithm of the key.
    pub(crate) fn token_with(&self, algorithm: Algorithm) -> String {
        let header = Header { kid: self.kid.map(ToOwned::to_owned), ..Header::new(algorithm) };
        encode(&header, &json!({"sub": "reader-1", "exp": 9_999_999_999_u64}), &self.key).unwrap()
    }

    /// The public half.
    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = match self.algorithm {
            Algorithm::EdDSA => json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA",
                "x": URL_SAFE_NO_PAD.encode(&self.public)}),
            algorithm => serde_json::to_value(Jwk::from_encoding_key(&self.key, algorithm).unwrap()).unwrap(),
        };
        if let Some(kid) = self.kid {
            jwk["kid"] = kid.into();
        }
        jwk
    }
}

/// A JWK Set of these.
pub(crate) fn set(signers: &[&Signer]) -> String {
    json!({"keys": signers.iter().map(|signer| signer.jwk()).collect::<Vec<_>>()}).to_string()
}

/// What an issuer answers.
#[derive(Clone)]
pub(crate) enum Mood {
    Says(String),
    Fails,
    /// As many bytes as anybody takes.
    Floods,
    Silent,
}

/// An issuer on a port of its own; it is gone with its value.
pub(crate) struct Issuer {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

struct State {
    mood: Mood,
    asked: usize,
    kept: Vec<TcpStream>,
}

impl Issuer {
    pub(crate) fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State { mood, asked: 0, kept: Vec::new() }));
        let weak = Arc::downgrade(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Some(state) = weak.upgrade() else { return };
                answer(stream.unwrap(), &state);
            }
        });
        Self { url, state }
    }

    pub(crate) fn set_mood(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.state.lock().unwrap().asked
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    // The head of a request: nobody sends a body.
    let mut head = [0; 4_096];
    let _read = stream.read(&mut head);
    let mood = {
        let mut state = state.lock().unwrap();
        state.asked += 1;
        state.mood.clone()
    };
    let ok = |length: usize| format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    // Whoever asked may be gone before the end of the answer.
    match mood {
        Mood::Says(text) => drop(stream.write_all((ok(text.len()) + &text).as_bytes())),
        Mood::Fails => drop(stream.write_all(b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")),
        Mood::Floods => {
            let flood = [b' '; 1 << 16];
            let mut alive = stream.write_all(ok(50 << 20).as_bytes()).is_ok();
            for _ in 0..800 {
                alive = alive && stream.write_all(&flood).is_ok();
            }
        }
        Mood::Silent => state.lock().unwrap().kept.push(stream),
    }
}
