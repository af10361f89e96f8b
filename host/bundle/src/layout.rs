//! The layout: the files of an OCI image layout that a release makes, in their order. The release is an image of one manifest;
//! its description is the configuration, and the catalog and each module are layers.

use serde::Serialize;

use crate::digest::Digest;
use crate::release::{BundledRelease, json};

/// What a release is called among the things that registries keep.
const RELEASE: &str = "application/vnd.usher.release.v1";
/// The media types of what it is made of.
const DESCRIPTION: &str = "application/vnd.usher.release.config.v1+json";
const CATALOG: &str = "application/toml";
const MODULE: &str = "application/wasm";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// The names of what is in every layout, and where everything else is.
pub(crate) const LAYOUT_FILE: &str = "oci-layout";
pub(crate) const INDEX_FILE: &str = "index.json";
pub(crate) const BLOBS: &str = "blobs/sha256/";
/// Which file, counted from 0, is the description.
pub(crate) const DESCRIPTION_AT: usize = 2;

/// The files that are small, and made of the description. Behind them come the catalog and the modules.
pub(crate) fn files(release: &BundledRelease, sizes: impl Fn(Digest) -> usize) -> Vec<(String, Vec<u8>)> {
    let description = json(release);
    let blob = |content: &[u8]| (Digest::of(content), content.len());
    let mut layers = vec![Descriptor {
        annotations: Some(Annotations::Title { title: "catalog.toml".to_owned() }),
        ..Descriptor::of(CATALOG, (release.catalog(), sizes(release.catalog())))
    }];
    layers.extend(release.modules().into_iter().map(|(digest, slug)| Descriptor {
        annotations: Some(Annotations::Title { title: format!("{slug}.wasm") }),
        ..Descriptor::of(MODULE, (digest, sizes(digest)))
    }));
    let config = Descriptor::of(DESCRIPTION, blob(&description));
    let manifest = json(&Manifest { schema_version: 2, media_type: MANIFEST, artifact_type: RELEASE, config, layers });
    let name = format!("{}-{}", release.environment(), release.number());
    let image = Descriptor {
        artifact_type: Some(RELEASE),
        annotations: Some(Annotations::Name { name }),
        ..Descriptor::of(MANIFEST, blob(&manifest))
    };
    let index = json(&Index { schema_version: 2, media_type: INDEX, manifests: [image] });
    let layout = json(&Layout { image_layout_version: "1.0.0" });
    vec![
        (LAYOUT_FILE.to_owned(), layout),
        (INDEX_FILE.to_owned(), index),
        (blob_name(Digest::of(&description)), description),
        (blob_name(Digest::of(&manifest)), manifest),
    ]
}

/// The digests of what comes behind these files, in its order.
pub(crate) fn content(release: &BundledRelease) -> Vec<Digest> {
    std::iter::once(release.catalog()).chain(release.modules().into_iter().map(|(digest, _)| digest)).collect()
}

/// What a file is called that is called by its content.
pub(crate) fn blob_name(digest: Digest) -> String {
    format!("{BLOBS}{}", digest.to_hex())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Layout {
    image_layout_version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Index {
    schema_version: u32,
    media_type: &'static str,
    manifests: [Descriptor; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    schema_version: u32,
    media_type: &'static str,
    artifact_type: &'static str,
    config: Descriptor,
    layers: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: &'static str,
    digest: Digest,
    size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations>,
}

/// What others show of a part, and write it to a file as.
#[derive(Serialize)]
#[serde(untagged)]
enum Annotations {
    Title {
        #[serde(rename = "org.opencontainers.image.title")]
        title: String,
    },
    Name {
        #[serde(rename = "org.opencontainers.image.ref.name")]
        name: String,
    },
}

impl Descriptor {
    fn of(media_type: &'static str, (digest, size): (Digest, usize)) -> Self {
        Self { media_type, digest, size, artifact_type: None, annotations: None }
    }
}
