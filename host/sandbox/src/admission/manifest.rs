//! What a module says of itself: the manifest that an SDK puts into its custom section `usher:manifest`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wasmparser::{BinaryReaderError, Parser, Payload};

use super::{CONTRACT_VERSION, Refusal};

const SECTION: &str = "usher:manifest";
/// The most bytes that a manifest has.
const MOST_BYTES: usize = 64 << 10;
/// The most bytes of a name or a version, which people are shown.
const TEXT_BYTES: usize = 256;
/// The most bytes of a slug, which are those of a catalog's.
const SLUG_BYTES: usize = 64;

/// Says which SDK a module was built with, and which plans its workflow can answer with.
///
/// It is the word of whoever built the module: good for telling people about it, and for warning them in time. Nothing is
/// granted because of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    contract: String,
    sdk: Sdk,
    workflow: String,
    plans: Option<Vec<String>>,
    /// Only compiling asks it.
    #[serde(skip)]
    keeps_texts: bool,
}

/// What a module was built with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Sdk {
    name: String,
    version: String,
}

impl Manifest {
    /// The version of the contract that the module was built for.
    #[must_use]
    pub fn contract(&self) -> &str {
        &self.contract
    }

    /// The name of the SDK that it was built with.
    #[must_use]
    pub fn sdk_name(&self) -> &str {
        &self.sdk.name
    }

    /// The version of that SDK.
    #[must_use]
    pub fn sdk_version(&self) -> &str {
        &self.sdk.version
    }

    /// The author's name for the workflow. An operator may have uploaded it under another.
    #[must_use]
    pub fn workflow(&self) -> &str {
        &self.workflow
    }

    /// The slugs of all plans that it can answer with; none when its types do not tell.
    #[must_use]
    pub fn plans(&self) -> Option<&[String]> {
        self.plans.as_deref()
    }

    /// Whether it keeps all texts of a request for as long as its instance lives, wherever they are: none of them has to be a place
    /// of its own that can be given back.
    pub(super) fn keeps_texts(&self) -> bool {
        self.keeps_texts
    }

    /// Whether the module was built for the contract of this host.
    pub(super) fn check_contract(&self) -> Result<(), Refusal> {
        if self.contract == CONTRACT_VERSION {
            return Ok(());
        }
        Err(Refusal::OtherContract { found: self.contract.clone() })
    }
}

/// Reads the manifest of a valid component, if it has one.
pub(super) fn read(wasm: &[u8]) -> Result<Option<Manifest>, Refusal> {
    let sections = sections(wasm).map_err(|error| Refusal::Malformed { reason: error.to_string() })?;
    match sections[..] {
        [] => Ok(None),
        [payload] => parse(payload).map(Some),
        _ => Err(bad("expected one such section, found more")),
    }
}

/// Where a section stands.
#[derive(Clone, Copy)]
enum Layer {
    Module,
    Component,
}

/// The sections at the places where SDKs put them: the outermost level, and core modules directly inside. A component that
/// another one was made of has a manifest of its own, which is not that of the whole.
fn sections(wasm: &[u8]) -> Result<Vec<&[u8]>, BinaryReaderError> {
    let (mut found, mut inside) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ModuleSection { .. } => inside.push(Layer::Module),
            Payload::ComponentSection { .. } => inside.push(Layer::Component),
            Payload::End(_) => {
                inside.pop();
            }
            Payload::CustomSection(section) if section.name() == SECTION => {
                if matches!(inside[..], [] | [Layer::Module]) {
                    found.push(section.data());
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

fn parse(payload: &[u8]) -> Result<Manifest, Refusal> {
    if payload.len() > MOST_BYTES {
        return Err(bad(format!("expected at most {MOST_BYTES} bytes, found {}", payload.len())));
    }
    let json = std::str::from_utf8(payload)
        .map_err(|error| bad(format!("expected UTF-8, found another byte at position {}", error.valid_up_to())))?;
    let manifest: Value =
        serde_json::from_str(json).map_err(|error| bad(format!("expected one JSON object, found: {error}")))?;
    let manifest = object("", Some(&manifest))?;
    let sdk = object("sdk", manifest.get("sdk"))?;
    Ok(Manifest {
        contract: text("contract", manifest.get("contract"))?,
        sdk: Sdk { name: text("sdk.name", sdk.get("name"))?, version: text("sdk.version", sdk.get("version"))? },
        workflow: text("workflow", manifest.get("workflow"))?,
        plans: manifest.get("plans").map(plans).transpose()?,
        keeps_texts: manifest.get("keepsTexts").map(keeps_texts).transpose()?.unwrap_or_default(),
    })
}

fn object<'a>(key: &str, value: Option<&'a Value>) -> Result<&'a Map<String, Value>, Refusal> {
    value.and_then(Value::as_object).ok_or_else(|| unexpected(key, "an object", value))
}

fn text(key: &str, value: Option<&Value>) -> Result<String, Refusal> {
    let text = value.and_then(Value::as_str).ok_or_else(|| unexpected(key, "a text", value))?;
    held_to(key, text, TEXT_BYTES)
}

fn plans(value: &Value) -> Result<Vec<String>, Refusal> {
    let slugs = value.as_array().ok_or_else(|| unexpected("plans", "a list of slugs", Some(value)))?;
    let slugs = slugs.iter().enumerate().map(|(index, slug)| {
        let key = format!("plans[{index}]");
        let text = slug.as_str().ok_or_else(|| unexpected(&key, "a slug", Some(slug)))?;
        held_to(&key, text, SLUG_BYTES)
    });
    slugs.collect()
}

fn keeps_texts(value: &Value) -> Result<bool, Refusal> {
    value.as_bool().ok_or_else(|| unexpected("keepsTexts", "a boolean", Some(value)))
}

/// A text that people can be shown, and be shown whole.
fn held_to(key: &str, text: &str, most: usize) -> Result<String, Refusal> {
    if text.is_empty() || text.len() > most {
        return Err(bad(format!("`{key}`: expected 1 to {most} bytes, found {}", text.len())));
    }
    if text.contains(char::is_control) {
        return Err(bad(format!("`{key}`: expected no control characters, found one")));
    }
    Ok(text.to_owned())
}

fn unexpected(key: &str, expected: &str, found: Option<&Value>) -> Refusal {
    let found = match found {
        None => "nothing",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "a boolean",
        Some(Value::Number(_)) => "a number",
        Some(Value::String(_)) => "a text",
        Some(Value::Array(_)) => "a list",
        Some(Value::Object(_)) => "an object",
    };
    match key {
        "" => bad(format!("expected {expected}, found {found}")),
        key => bad(format!("`{key}`: expected {expected}, found {found}")),
    }
}

fn bad(reason: impl Into<String>) -> Refusal {
    Refusal::BadManifest { reason: reason.into() }
}

#[cfg(test)]
mod tests;
