//! An origin: it serves a bundle over HTTP, for better or worse.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, Weak};

/// What an origin answers.
#[derive(Clone)]
pub(crate) enum Mood {
    /// With these bytes, under an entity tag.
    Serves(Vec<u8>, &'static str),
    /// With these bytes, which it calls nothing.
    ServesUntagged(Vec<u8>),
    /// With half of what it promises.
    BreaksOff(Vec<u8>),
    /// With a status, and nothing else.
    Fails(u16),
    /// With as many bytes as anybody takes.
    Floods,
    /// With nothing, for ever.
    Silent,
}

/// An origin on a port of its own; it is gone with its value.
pub(crate) struct Origin {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

struct State {
    mood: Mood,
    statuses: Vec<u16>,
    kept: Vec<TcpStream>,
}

impl Origin {
    pub(crate) fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/live.usher", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State { mood, statuses: Vec::new(), kept: Vec::new() }));
        let weak = Arc::downgrade(&state);
        std::thread::spawn(move || serve(&listener, &weak));
        Self { url, state }
    }

    pub(crate) fn set_mood(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    /// The statuses that it has answered so far.
    pub(crate) fn statuses(&self) -> Vec<u16> {
        self.state.lock().unwrap().statuses.clone()
    }
}

fn serve(listener: &TcpListener, state: &Weak<Mutex<State>>) {
    for stream in listener.incoming() {
        let Some(state) = state.upgrade() else { return };
        answer(stream.unwrap(), &state);
    }
}

fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    let mut head = [0; 4_096];
    // The head of a request: nobody sends a body.
    let read = stream.read(&mut head).unwrap_or_default();
    let head = String::from_utf8_lossy(&head[..read]).to_lowercase();
    let mood = state.lock().unwrap().mood.clone();
    let say = |status: u16, length: usize, more: &str| {
        state.lock().unwrap().statuses.push(status);
        format!("HTTP/1.1 {status} So\r\ncontent-length: {length}\r\n{more}connection: close\r\n\r\n").into_bytes()
    };
    // Whoever asked may be gone before the end of the answer.
    let _told = match mood {
        Mood::Serves(_, tag) if head.contains(&format!("if-none-match: {tag}")) => stream.write_all(&say(304, 0, "")),
        Mood::Serves(bytes, tag) => {
            stream.write_all(&[say(200, bytes.len(), &format!("etag: {tag}\r\n")), bytes].concat())
        }
        Mood::ServesUntagged(bytes) => stream.write_all(&[say(200, bytes.len(), ""), bytes].concat()),
        Mood::BreaksOff(bytes) => stream.write_all(&[&say(200, bytes.len(), ""), &bytes[..bytes.len() / 2]].concat()),
        Mood::Fails(status) => stream.write_all(&say(status, 0, "")),
        Mood::Floods => {
            let mut told = stream.write_all(b"HTTP/1.1 200 So\r\nconnection: close\r\n\r\n");
            while told.is_ok() {
                told = stream.write_all(&[b' '; 1 << 16]);
            }
            told
        }
        Mood::Silent => {
            state.lock().unwrap().kept.push(stream);
            Ok(())
        }
    };
}
