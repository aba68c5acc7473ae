//! Percent-encoding, as the canonical request wants it.

use crate::text::from_ascii;

const HEX_UPPER: &[u8; 16] = b"0123456789ABCDEF";

/// Whether a byte stands for itself: `A-Za-z0-9-_.~` (RFC 3986, unreserved), and a `/` if `path`. It is asked of each byte.
#[inline(always)]
fn stays(byte: u8, path: bool) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'_' | b'.' | b'~')
        || path && byte == b'/'
}

/// Appends the text decoded and encoded anew; a `/` stays if `path`.
pub(crate) fn encode_into(out: &mut Vec<u8>, text: &[u8], coding: Coding, path: bool) {
    let mut rest = text;
    while !rest.is_empty() {
        // Most of a text stays as it is.
        let plain = rest.iter().position(|byte| !stays(*byte, path));
        let (start, after) = rest.split_at(plain.unwrap_or(rest.len()));
        out.extend_from_slice(start);
        let mut decoded = Decoded::new(after, coding);
        if let Some(byte) = decoded.next() {
            if stays(byte, path) {
                out.push(byte);
            } else {
                let digits = [byte >> 4, byte & 15].map(|digit| HEX_UPPER[usize::from(digit)]);
                out.extend_from_slice(&[b'%', digits[0], digits[1]]);
            }
        }
        rest = decoded.0.as_slice();
    }
}

/// Appends a name in lower case.
pub(crate) fn lower_into(out: &mut Vec<u8>, name: &[u8]) {
    let start = out.len();
    out.extend_from_slice(name);
    out[start..].make_ascii_lowercase();
}

/// Percent-encodes one path segment or query value.
///
/// ```
/// assert_eq!(huaweicloud_dcs::sign::percent_encode("a b/主%"), "a%20b%2F%E4%B8%BB%25");
/// ```
pub fn percent_encode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    encode_into(&mut out, text.as_bytes(), Coding::Plain, false);
    from_ascii(out)
}

/// How a text is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As it is.
    Plain,
    /// With `%XX`. A `%` that two hex digits do not follow stands for itself, as in the official cores.
    Percent,
    /// The same, and `+` for a space.
    Form,
}

/// The bytes of a text, decoded one after the other.
#[derive(Clone)]
pub(crate) struct Decoded<'a>(std::slice::Iter<'a, u8>, Coding);

impl<'a> Decoded<'a> {
    pub(crate) fn new(text: &'a [u8], coding: Coding) -> Self {
        Self(text.iter(), coding)
    }
}

impl Iterator for Decoded<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let byte = *self.0.next()?;
        if self.1 == Coding::Plain {
            return Some(byte);
        }
        if byte == b'+' && self.1 == Coding::Form {
            return Some(b' ');
        }
        if let (b'%', [high, low, after @ ..]) = (byte, self.0.as_slice())
            && let (Some(high), Some(low)) = (nibble(*high), nibble(*low))
        {
            self.0 = after.iter();
            return Some(high << 4 | low);
        }
        Some(byte)
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(text: &[u8]) -> Vec<u8> {
        Decoded::new(text, Coding::Percent).collect()
    }

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
            ("+", "+"),
        ] {
            assert_eq!(decode(text.as_bytes()), bytes.as_bytes(), "{text}");
        }
        assert!(Decoded::new(b"a+b%2B", Coding::Form).eq(*b"a b+"));
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(bytes: Vec<u8>) {
            let mut out = Vec::new();
            encode_into(&mut out, &bytes, Coding::Plain, false);
            prop_assert!(out.is_ascii());
            prop_assert_eq!(decode(&out), bytes);
        }
    }
}
