use proptest::prelude::*;

use crate::hash::sha256_hex;
use crate::{base64, key, value};

proptest! {
    #[test]
    fn bytes_survive_base64(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let mut text = String::new();
        base64::push(&mut text, &bytes);
        prop_assert_eq!(text.len(), bytes.len().div_ceil(3) * 4);
        prop_assert_eq!(base64::read(&text), Some(bytes));
    }

    #[test]
    fn base64_has_one_text_for_each(text in "[A-D+/=]{0,12}") {
        if let Some(bytes) = base64::read(&text) {
            let mut again = String::new();
            base64::push(&mut again, &bytes);
            prop_assert_eq!(again, text);
        }
    }

    #[test]
    fn key_parts_hold_no_separators_and_are_told_apart(a in "[a%/\\[\\]é2F5]{0,8}", b in "[a%/\\[\\]é2F5]{0,8}") {
        let part = |text: &str| {
            let mut out = String::new();
            key::push_part(&mut out, value::text(text.into()));
            out
        };
        prop_assert!(!part(&a).contains(['/', '[', ']']));
        prop_assert_eq!(part(&a) == part(&b), a == b);
    }
}

#[test]
fn known_texts_of_base64() {
    for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar")] {
        assert_eq!(base64::read(text).as_deref(), Some(bytes.as_bytes()));
    }
    for wrong in ["Z", "Zg", "Zg=", "Zh==", "Z===", "====", "Zm9v=", "Zm 9", "Zg==Zg=="] {
        assert_eq!(base64::read(wrong), None, "{wrong}");
    }
}

/// Vectors of FIPS 180-4's examples.
#[test]
fn known_digests() {
    let digests = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
    ];
    for (text, digest) in digests {
        assert_eq!(sha256_hex(text.as_bytes()), digest);
    }
    let million = "a".repeat(1_000_000);
    assert_eq!(
        sha256_hex(million.as_bytes()),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    );
}
