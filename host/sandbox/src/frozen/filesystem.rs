//! `wasi:filesystem`: there is none. No directory is given, so no descriptor can exist, and nothing can be called on one.

use wasmtime::component::{Linker, Resource, ResourceType};

use super::paid;
use crate::instance::{RunState, Stop};

struct Descriptor;
struct DirectoryEntryStream;

/// Every function of `wasi:filesystem/types` 0.2. Each needs something that cannot exist, so none can be reached.
const UNREACHABLE: [&str; 29] = [
    "filesystem-error-code",
    "[method]descriptor.advise",
    "[method]descriptor.append-via-stream",
    "[method]descriptor.create-directory-at",
    "[method]descriptor.get-flags",
    "[method]descriptor.get-type",
    "[method]descriptor.is-same-object",
    "[method]descriptor.link-at",
    "[method]descriptor.metadata-hash",
    "[method]descriptor.metadata-hash-at",
    "[method]descriptor.open-at",
    "[method]descriptor.read",
    "[method]descriptor.read-directory",
    "[method]descriptor.read-via-stream",
    "[method]descriptor.readlink-at",
    "[method]descriptor.remove-directory-at",
    "[method]descriptor.rename-at",
    "[method]descriptor.set-size",
    "[method]descriptor.set-times",
    "[method]descriptor.set-times-at",
    "[method]descriptor.stat",
    "[method]descriptor.stat-at",
    "[method]descriptor.symlink-at",
    "[method]descriptor.sync",
    "[method]descriptor.sync-data",
    "[method]descriptor.unlink-file-at",
    "[method]descriptor.write",
    "[method]descriptor.write-via-stream",
    "[method]directory-entry-stream.read-directory-entry",
];

pub(super) fn link(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    let mut types = linker.instance("wasi:filesystem/types@0.2.0")?;
    types.resource("descriptor", ResourceType::host::<Descriptor>(), |_, _| Ok(()))?;
    types.resource("directory-entry-stream", ResourceType::host::<DirectoryEntryStream>(), |_, _| Ok(()))?;
    for function in UNREACHABLE {
        types.func_new(function, |_, _, _, _| Err(Stop::Misuse("a workflow has no files").into()))?;
    }
    let mut preopens = linker.instance("wasi:filesystem/preopens@0.2.0")?;
    paid(&mut preopens, "get-directories", |_, ()| Ok((Vec::<(Resource<Descriptor>, String)>::new(),)))
}
