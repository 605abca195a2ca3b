//! `hex"…"` and `base64"…"`.

/// Why a text is not the bytes it claims to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bad {
    /// This letter is none of the alphabet.
    Letter(char),
    /// So many letters cannot be whole bytes.
    Length(usize),
    /// The last letter carries bits that no byte takes.
    Tail,
}

/// Two hexadecimal digits a byte, of either case.
pub(super) fn hex(text: &str) -> Result<Vec<u8>, Bad> {
    let digits: Vec<u8> = text.chars().map(hex_digit).collect::<Result<_, _>>()?;
    if !digits.len().is_multiple_of(2) {
        return Err(Bad::Length(digits.len()));
    }
    Ok(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

fn hex_digit(letter: char) -> Result<u8, Bad> {
    letter.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(Bad::Letter(letter))
}

/// RFC 4648, section 4, with its padding or without.
pub(super) fn base64(text: &str) -> Result<Vec<u8>, Bad> {
    let bare = text.strip_suffix("==").or_else(|| text.strip_suffix('=')).unwrap_or(text);
    let padded = bare.len() != text.len();
    let sextets: Vec<u32> = bare.chars().map(base64_digit).collect::<Result<_, _>>()?;
    if sextets.len() % 4 == 1 || (padded && !text.len().is_multiple_of(4)) {
        return Err(Bad::Length(text.len()));
    }
    let mut bytes = Vec::with_capacity(sextets.len() * 3 / 4);
    for group in sextets.chunks(4) {
        base64_group(group, &mut bytes)?;
    }
    Ok(bytes)
}

/// Two to four letters give one to three bytes; bits beyond them must be zero.
fn base64_group(group: &[u32], bytes: &mut Vec<u8>) -> Result<(), Bad> {
    let missing = 4 - group.len().min(4);
    let bits = group.iter().fold(0, |bits, sextet| bits << 6 | sextet) << (6 * missing);
    let [_, whole @ ..] = bits.to_be_bytes();
    let (kept, spare) = whole.split_at(3 - missing);
    bytes.extend(kept);
    if spare.iter().any(|&byte| byte != 0) { Err(Bad::Tail) } else { Ok(()) }
}

fn base64_digit(letter: char) -> Result<u32, Bad> {
    Ok(match letter {
        'A'..='Z' => u32::from(letter) - u32::from('A'),
        'a'..='z' => u32::from(letter) - u32::from('a') + 26,
        '0'..='9' => u32::from(letter) - u32::from('0') + 52,
        '+' => 62,
        '/' => 63,
        _ => return Err(Bad::Letter(letter)),
    })
}

#[cfg(test)]
mod tests {
    use super::{Bad, base64, hex};

    #[test]
    fn the_vectors_of_rfc_4648() {
        for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg", "foob")] {
            assert_eq!(base64(text), Ok(bytes.as_bytes().to_vec()));
        }
        assert_eq!(hex("00fFa5"), Ok(vec![0, 255, 165]));
    }

    #[test]
    fn what_is_not_bytes() {
        assert_eq!(base64("Zm9v!"), Err(Bad::Letter('!')));
        assert_eq!(base64("Zm9vY"), Err(Bad::Length(5)));
        assert_eq!(base64("Zg="), Err(Bad::Length(3)));
        assert_eq!(base64("Zh=="), Err(Bad::Tail));
        assert_eq!(hex("abc"), Err(Bad::Length(3)));
        assert_eq!(hex("0g"), Err(Bad::Letter('g')));
    }
}
