//! The door once more, asked by `wrk`: a client in C that takes next to nothing of the processors it shares with the server.

use std::fmt::Write as _;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use crate::checked::body;
use crate::clock::Times;
use crate::door::{CONNECTIONS, PATH, TURN, TURNS, compared};
use crate::row::Row;

/// The bare handler and Usher, in turns; none where there is no `wrk`.
pub(crate) fn rows(addresses: [SocketAddr; 2], key: &str, folder: &Path) -> Option<Vec<Row>> {
    let script = folder.join("request.lua");
    std::fs::write(&script, request(key)).expect("there is room on the disk");
    let mut turns = [Vec::new(), Vec::new()];
    for turn in 0..=TURNS {
        for (turns, address) in turns.iter_mut().zip(addresses) {
            let measured = measured(address, &script)?;
            if turn > 0 {
                turns.push(measured);
            }
        }
    }
    let throughput = turns[1].iter().zip(&turns[0]).map(|(usher, bare)| usher.throughput / bare.throughput).collect();
    let [bare, usher] = turns.map(|turns| turns.iter().map(|turn| turn.latencies).collect::<Vec<_>>());
    let times = [Times::told("bare handler", &bare), Times::told("1 workflow", &usher)];
    Some(compared("HTTP, 32 connections, wrk", &times, throughput))
}

/// One turn of one server.
struct Measured {
    /// Requests a second.
    throughput: f64,
    /// The median and the 99th percentile, in nanoseconds.
    latencies: [f64; 2],
}

/// What asks, in the language of `wrk`.
fn request(key: &str) -> String {
    let body = String::from_utf8(body()).expect("JSON is text");
    let mut script = String::from("wrk.method = \"POST\"\n");
    for (name, value) in [("authorization", format!("Bearer {key}")), ("content-type", "application/json".to_owned())] {
        writeln!(script, "wrk.headers[\"{name}\"] = \"{value}\"").expect("a text takes text");
    }
    script + &format!("wrk.body = [[{body}]]\n")
}

fn measured(address: SocketAddr, script: &Path) -> Option<Measured> {
    let mut wrk = Command::new("wrk");
    wrk.arg(format!("--connections={CONNECTIONS}")).arg(format!("--duration={}s", TURN.as_secs()));
    wrk.arg("--latency").arg("--script").arg(script).arg(format!("http://{address}{PATH}"));
    let output = match wrk.output() {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        output => output.expect("wrk runs"),
    };
    let told = String::from_utf8(output.stdout).expect("wrk speaks plainly");
    assert!(output.status.success() && !told.contains("Non-2xx") && !told.contains("Socket errors"), "{told}");
    let after = |label: &str| {
        let line = told.lines().find_map(|line| line.trim_start().strip_prefix(label));
        line.expect("wrk says what it measured").trim()
    };
    Some(Measured {
        throughput: after("Requests/sec:").parse().expect("it is a number"),
        latencies: ["50%", "99%"].map(|part| nanos(after(part))),
    })
}

/// A time as `wrk` writes it, such as `424.00us`.
fn nanos(text: &str) -> f64 {
    let units = [("us", 1e3), ("ms", 1e6), ("s", 1e9)];
    let (number, unit) =
        units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, unit))).expect("it has a unit");
    number.parse::<f64>().expect("it is a number") * unit
}
