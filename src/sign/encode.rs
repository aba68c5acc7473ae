//! Percent-encoding and hex, as the canonical request wants them.

use std::borrow::Cow;

const HEX_UPPER: &[u8; 16] = b"0123456789ABCDEF";
const HEX_LOWER: &[u8; 16] = b"0123456789abcdef";

/// Whether a byte stands for itself: `A-Za-z0-9-_.~` (RFC 3986, unreserved).
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
}

/// Appends `bytes` to `out`; every byte that is neither unreserved nor `keep` becomes `%XX`.
fn encode_into(out: &mut Vec<u8>, bytes: &[u8], keep: Option<u8>) {
    for &byte in bytes {
        if is_unreserved(byte) || Some(byte) == keep {
            out.push(byte);
        } else {
            out.extend([
                b'%',
                HEX_UPPER[usize::from(byte >> 4)],
                HEX_UPPER[usize::from(byte & 15)],
            ]);
        }
    }
}

/// Appends one path segment, or one query key or value.
pub(crate) fn encode_component(out: &mut Vec<u8>, bytes: &[u8]) {
    encode_into(out, bytes, None);
}

/// Appends a whole path: `/` stays.
pub(crate) fn encode_path(out: &mut Vec<u8>, bytes: &[u8]) {
    encode_into(out, bytes, Some(b'/'));
}

/// Percent-encodes one path segment or query value.
///
/// ```
/// assert_eq!(huaweicloud_dcs::sign::percent_encode("a b/主"), "a%20b%2F%E4%B8%BB");
/// ```
pub fn percent_encode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    encode_component(&mut out, text.as_bytes());
    ascii(out)
}

/// Undoes `%XX`. A `%` that two hex digits do not follow stands for itself, as in the official cores.
pub(crate) fn percent_decode(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'%') {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        if let (b'%', [high, low, after @ ..]) = (first, tail)
            && let (Some(high), Some(low)) = (nibble(*high), nibble(*low))
        {
            out.push(high << 4 | low);
            rest = after;
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    Cow::Owned(out)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Appends lower-case hex.
pub(crate) fn hex_into(out: &mut Vec<u8>, bytes: &[u8]) {
    for &byte in bytes {
        out.extend([
            HEX_LOWER[usize::from(byte >> 4)],
            HEX_LOWER[usize::from(byte & 15)],
        ]);
    }
}

/// A string from bytes that are UTF-8 by construction.
pub(crate) fn ascii(bytes: Vec<u8>) -> String {
    // The callers append only ASCII and pieces of `str`; the fallback never runs, and costs no panic path.
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_only_the_unreserved() {
        assert_eq!(percent_encode("AZaz09-_.~"), "AZaz09-_.~");
        assert_eq!(
            percent_encode(" +/%&=?*!'()"),
            "%20%2B%2F%25%26%3D%3F%2A%21%27%28%29"
        );
        assert_eq!(percent_encode("é😀"), "%C3%A9%F0%9F%98%80");
    }

    #[test]
    fn a_lone_percent_stands_for_itself() {
        for (text, bytes) in [
            ("%", "%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("%41%", "A%"),
            ("%%41", "%A"),
        ] {
            assert_eq!(
                &*percent_decode(text.as_bytes()),
                bytes.as_bytes(),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(bytes: Vec<u8>) {
            let mut out = Vec::new();
            encode_component(&mut out, &bytes);
            prop_assert!(out.is_ascii());
            prop_assert_eq!(&*percent_decode(&out), &bytes[..]);
        }
    }
}
