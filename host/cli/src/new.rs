//! `usher new`: a project that builds, tests and can be pushed.

mod packed;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::config::{Language, NewOptions};
use crate::output::{self, OutputError};

/// The longest name of a project, in characters.
const LONGEST_NAME: usize = 64;

/// Why there is no project. The author's move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NewError {
    #[error(
        "`{}` cannot name a workflow; expected a folder whose name has 1 to {LONGEST_NAME} lower-case letters, digits and \
         `-`, the first a letter, such as `tier`",
        path.display()
    )]
    Name {
        /// Which folder.
        path: PathBuf,
    },
    #[error("`{}` is there already; expected a folder that is new or empty", path.display())]
    Taken {
        /// Which folder.
        path: PathBuf,
    },
    #[error("the project cannot be written to `{}`", path.display())]
    Write {
        /// Which folder.
        path: PathBuf,
        source: io::Error,
    },
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Makes a project, whole or not at all, and says what comes next.
pub(crate) fn new(options: &NewOptions) -> Result<ExitCode, NewError> {
    let path = &options.folder;
    let name = path.file_name().and_then(|name| name.to_str()).filter(|name| is_name(name));
    let name = name.ok_or_else(|| NewError::Name { path: path.clone() })?;
    if !is_free(path) {
        return Err(NewError::Taken { path: path.clone() });
    }
    let write = || -> io::Result<()> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent)?;
        let unfinished = parent.join(format!(".{}.{}", name, std::process::id()));
        let written = write_project(&unfinished, options.lang, name);
        // An empty folder makes way; one that was filled in the meantime does not.
        let moved = written.and_then(|()| if path.exists() { fs::remove_dir(path) } else { Ok(()) });
        let moved = moved.and_then(|()| fs::rename(&unfinished, path));
        if moved.is_err() {
            // What is left of it is no project, and the error says why there is none.
            let _is_gone = fs::remove_dir_all(&unfinished);
        }
        moved
    };
    write().map_err(|source| NewError::Write { path: path.clone(), source })?;
    output::text(&next(options.lang, path, name))?;
    Ok(ExitCode::SUCCESS)
}

/// What npm, cargo and a server all take for a name.
fn is_name(name: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.len() <= LONGEST_NAME && name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(is_fit)
}

fn is_free(path: &Path) -> bool {
    fs::read_dir(path).map_or_else(|_| !path.exists(), |mut entries| entries.next().is_none())
}

fn write_project(folder: &Path, lang: Language, name: &str) -> io::Result<()> {
    let (template, sdk, home) = match lang {
        Language::Ts => (packed::TYPESCRIPT_TEMPLATE, packed::TYPESCRIPT_SDK, "vendor/usher-workflow"),
        Language::Rust => (packed::RUST_TEMPLATE, packed::RUST_SDK, "vendor/usher"),
    };
    for (file, text) in template {
        let text = text.replace("{{name}}", name).replace("{{crate}}", &name.replace('-', "_"));
        write_file(&folder.join(file), &text)?;
    }
    for (file, text) in sdk {
        match *file {
            "package.json" => write_file(&folder.join(home).join(file), &for_authors(text)?)?,
            _ => write_file(&folder.join(home).join(file), text)?,
        }
    }
    if lang == Language::Rust {
        let members = ["guest-sdk/rust", "guest-sdk/rust/heap", "guest-sdk/rust/macros"];
        let members = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n");
        let manifest = format!("{members}{}", packed::WORKSPACE_SETTINGS);
        write_file(&folder.join(home).join("Cargo.toml"), &manifest)?;
    }
    Ok(())
}

/// The manifest of the SDK without what only those need who change it: npm would install that, too.
fn for_authors(manifest: &str) -> io::Result<String> {
    let mut manifest: serde_json::Map<String, serde_json::Value> = serde_json::from_str(manifest)?;
    manifest.retain(|key, _| key != "devDependencies" && key != "scripts");
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

fn write_file(file: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, text)
}

fn next(lang: Language, path: &Path, name: &str) -> String {
    let path = path.display();
    match lang {
        Language::Ts => format!(
            "`{path}` is a workflow in TypeScript. What comes next:\n\n    cd {path}\n    npm install\n    npm test\n    \
             npm run build\n    usher push dist/{name}.wasm --slug {name}\n"
        ),
        Language::Rust => format!(
            "`{path}` is a workflow in Rust. What comes next:\n\n    cd {path}\n    cargo test\n    cargo wasm\n    \
             usher push target/wasm32-wasip2/release/{}.wasm --slug {name}\n",
            name.replace('-', "_")
        ),
    }
}
