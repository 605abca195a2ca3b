//! What can be said without a registry; the rest is tried on the program, against one on loopback.

use super::{
    manifest,
    reference::Reference,
    registry::{Challenge, bearer},
};
use crate::Error;

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn read(text: &str) -> Result<Reference, Error> {
    text.parse()
}

#[test]
fn a_reference_has_a_registry_a_name_and_a_digest() {
    let reference = read(&format!("oci://ghcr.io/a/b.c-d:1.0@{DIGEST}")).unwrap();
    assert_eq!((reference.host(), reference.name(), reference.digest()), ("ghcr.io", "a/b.c-d", DIGEST));
    assert!(!reference.on_loopback());
    assert_eq!(reference.to_string(), format!("oci://ghcr.io/a/b.c-d@{DIGEST}"));
    for host in ["localhost:5000", "127.0.0.1", "[::1]:5000"] {
        assert!(read(&format!("oci://{host}/a@{DIGEST}")).unwrap().on_loopback(), "{host}");
    }
    for host in ["localhost.example", "10.0.0.1", "127.example"] {
        assert!(!read(&format!("oci://{host}/a@{DIGEST}")).unwrap().on_loopback(), "{host}");
    }
    let short = &DIGEST[..70];
    for wrong in [
        "oci://ghcr.io",
        "oci://a b/c@",
        "oci://u:p@ghcr.io/a",
        "oci:///a",
        &format!("oci://ghcr.io/A@{DIGEST}"),
        &format!("oci://h/a/../b@{DIGEST}"),
        &format!("oci://h/a@{short}"),
    ] {
        assert!(matches!(read(wrong), Err(Error::Mistake(_))), "{wrong}");
    }
}

#[test]
fn a_tag_is_refused_and_told_how_its_digest_is_found() {
    let Err(Error::Mistake(mistake)) = read("oci://ghcr.io/a/b:1.0") else { panic!("a mistake") };
    assert!(mistake.message.contains("has no digest"), "{}", mistake.message);
    let help = mistake.help.unwrap();
    assert!(
        help.contains("oras resolve ghcr.io/a/b:1.0")
            && help.contains("https://ghcr.io/v2/a/b/manifests/1.0"),
        "{help}"
    );
}

#[test]
fn where_a_token_is_to_be_had() {
    let told = r#"Bearer realm="https://auth.example/token",service="reg, istry",scope="repository:a/b:pull,push",error="x""#;
    let expected = Challenge {
        realm: "https://auth.example/token".to_owned(),
        service: Some("reg, istry".to_owned()),
        scope: Some("repository:a/b:pull,push".to_owned()),
    };
    assert_eq!(bearer(told), Some(expected));
    assert_eq!(bearer(r#"Basic realm="x""#), None);
    assert_eq!(bearer(r#"Bearer service="x""#), None);
}

#[test]
fn the_layer_of_a_manifest() {
    let reference = read(&format!("oci://ghcr.io/a@{DIGEST}")).unwrap();
    let layer = |kind: &str| format!(r#"{{"mediaType":"{kind}","digest":"{DIGEST}","size":7}}"#);
    let of = |layers: &[String]| {
        manifest::layer(format!(r#"{{"layers":[{}]}}"#, layers.join(",")).as_bytes(), &reference)
    };
    let found = of(&[layer("text/plain"), layer("application/wasm")]).unwrap();
    assert_eq!((found.digest.as_str(), found.size), (DIGEST, 7));
    assert!(of(&[layer("application/vnd.wasm.content.layer.v1+wasm")]).is_ok());
    assert!(of(&[]).is_err() && of(&[layer("text/plain")]).is_err());
    assert!(of(&[layer("application/wasm"), layer("application/wasm")]).is_err());
    let index = manifest::layer(br#"{"manifests":[{}]}"#, &reference).err().map(|e| e.to_string());
    assert!(index.is_some_and(|said| said.contains("an index")));
    assert!(manifest::layer(b"<html>", &reference).is_err());
}
