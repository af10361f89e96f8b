//! `usher:provisioning/log`: a workflow's way to tell its author something.

use wasmtime::StoreContextMut;
use wasmtime::component::{Access, HasSelf, Linker};

use crate::bindings::log::{Host, HostWithStore, Level as WireLevel};
use crate::instance::{HANDOVER_BYTES, RunState, Stop, charge_call};
use crate::log::Level;

/// The name of the same for a component that was slimmed, which tells its lines in numbers. Nothing that is uploaded may import
/// it, and it is no way to more than the log.
pub(crate) const LOG_IN_NUMBERS: &str = "usher:sandbox/log";

/// Words of eight bytes in a piece of a line, the first byte of each the lowest.
pub(crate) const PIECE_WORDS: usize = 8;

/// A piece of a line: its level, the bytes that are left, and the next of them.
type Piece = (WireLevel, u32, u64, u64, u64, u64, u64, u64, u64, u64);

impl Host for RunState {}

impl HostWithStore<RunState> for HasSelf<RunState> {
    fn write(mut host: Access<'_, RunState, Self>, level: WireLevel, message: String) -> wasmtime::Result<()> {
        host.get().write(level.into(), &message);
        charge_call(host, message.len())
    }
}

impl From<WireLevel> for Level {
    fn from(level: WireLevel) -> Self {
        match level {
            WireLevel::Debug => Self::Debug,
            WireLevel::Info => Self::Info,
            WireLevel::Warn => Self::Warn,
            WireLevel::Error => Self::Error,
        }
    }
}

pub(super) fn link_in_numbers(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    linker.instance(LOG_IN_NUMBERS)?.func_wrap("write", |store, (level, left, a, b, c, d, e, f, g, h): Piece| {
        take_piece(store, level, left, [a, b, c, d, e, f, g, h])
    })
}

/// Adds a piece to the line, and the line to the log when it is whole.
fn take_piece(
    mut store: StoreContextMut<'_, RunState>,
    level: WireLevel,
    left: u32,
    words: [u64; PIECE_WORDS],
) -> wasmtime::Result<()> {
    let state = store.data_mut();
    let left = usize::try_from(left).unwrap_or(usize::MAX);
    if left > HANDOVER_BYTES {
        return Err(Stop::Misuse("a line of the log has more bytes than a workflow may hand over").into());
    }
    let bytes = words.map(u64::to_le_bytes);
    let piece = bytes.as_flattened();
    state.partial_message.extend_from_slice(piece.get(..left).unwrap_or(piece));
    if left > piece.len() {
        return Ok(());
    }
    let message = String::from_utf8(std::mem::take(&mut state.partial_message))?;
    state.write(level.into(), &message);
    charge_call(store, message.len())
}
