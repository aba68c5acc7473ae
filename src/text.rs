//! Small texts without the formatting machinery of the standard library, which costs several kilobytes of wasm.

/// A number in decimal.
pub(crate) fn decimal(number: u64) -> String {
    let mut out = Vec::with_capacity(20);
    decimal_into(&mut out, number);
    from_ascii(out)
}

/// Appends a number in decimal.
pub(crate) fn decimal_into(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

/// Reads a number in decimal; none with any other character, or beyond some millions.
pub(crate) fn parse_decimal(digits: &[u8]) -> Option<u32> {
    let mut number = 0;
    for digit in digits {
        if !digit.is_ascii_digit() || number > 1_000_000 {
            return None;
        }
        number = number * 10 + u32::from(digit - b'0');
    }
    (!digits.is_empty()).then_some(number)
}

/// A number in decimal that may be negative.
#[inline(never)]
pub(crate) fn signed(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    concat(&[sign, &decimal(number.unsigned_abs())])
}

/// Whether `part`, which is not empty, stands in `text`.
pub(crate) fn contains(text: &str, part: &str) -> bool {
    text.as_bytes()
        .windows(part.len())
        .any(|window| window == part.as_bytes())
}

/// The parts, one after the other.
#[inline(never)]
pub(crate) fn concat(parts: &[&str]) -> String {
    let mut out = String::new();
    for part in parts {
        out.push_str(part);
    }
    out
}

/// What stands before and after the first `separator`, an ASCII character; all of the text and nothing where there is none.
pub(crate) fn split_once(text: &str, separator: u8) -> (&str, Option<&str>) {
    match find(text.as_bytes(), separator) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// The same of bytes.
pub(crate) fn split_bytes_once(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match find(text, separator) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// Where the first `byte` stands.
pub(crate) fn find(text: &[u8], byte: u8) -> Option<usize> {
    text.iter().position(|other| *other == byte)
}

/// How many bytes of a text are a control character at `index`: one of ASCII, or one of two bytes from U+0080 to U+009F.
fn control(text: &[u8], index: usize) -> usize {
    match (text[index], text.get(index + 1)) {
        (..0x20 | 0x7f, _) => 1,
        (0xc2, Some(..0xa0)) => 2,
        _ => 0,
    }
}

/// Whether control characters stand in a text.
pub(crate) fn has_control(text: &str) -> bool {
    (0..text.len()).any(|index| control(text.as_bytes(), index) > 0)
}

/// The first `most` characters of a text, with `instead` for each control character.
#[inline(never)]
pub(crate) fn sanitize(text: &str, most: usize, instead: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::new();
    let (mut start, mut index, mut count) = (0, 0, 0);
    while let Some(byte) = bytes.get(index) {
        // Bytes that continue a character are not counted.
        if byte & 0xc0 != 0x80 {
            if count == most {
                break;
            }
            count += 1;
        }
        let length = control(bytes, index);
        if length > 0 {
            out.push_str(&text[start..index]);
            out.push_str(instead);
            start = index + length;
        }
        index += length.max(1);
    }
    out.push_str(&text[start..index]);
    out
}

/// The first characters of a text, on one line.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    sanitize(text, most, " ").trim_ascii().to_owned()
}

/// A name that a caller gave, fit for a message: short, without control characters.
pub(crate) fn printable(name: &str) -> String {
    sanitize(name, 40, "")
}

/// A string from bytes that are UTF-8 by construction: ASCII, and pieces of `str`.
pub(crate) fn from_ascii(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

/// Appends bytes in lower-case hex.
pub(crate) fn hex_into(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let start = out.len();
    out.resize(start + 2 * bytes.len(), 0);
    for (digits, byte) in out[start..].chunks_exact_mut(2).zip(bytes) {
        digits[0] = DIGITS[usize::from(byte >> 4)];
        digits[1] = DIGITS[usize::from(byte & 15)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals() {
        for number in [0, 7, 10, 4_294_967_295, u64::MAX] {
            assert_eq!(decimal(number), number.to_string());
        }
        for digits in ["0", "007", "65535", "10000009"] {
            assert_eq!(parse_decimal(digits.as_bytes()), digits.parse().ok());
        }
        for other in ["", "-1", "1a", "\u{b2}", "10000010"] {
            assert_eq!(parse_decimal(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn parts() {
        assert!(
            contains("abc", "bc")
                && contains("abc", "abc")
                && !contains("abc", "abcd")
                && !contains("", "a")
        );
        assert_eq!(printable("a\r\nb\0"), "ab");
        assert_eq!(sanitize(" é\u{85}\u{a0}\u{7f}ü", 5, "-"), " é-\u{a0}-");
        assert_eq!(sanitize("ééé", 2, ""), "éé");
        assert!(has_control("a\u{9f}") && has_control("\t") && !has_control("é\u{a0}"));
        assert_eq!(split_once("a=b=c", b'='), ("a", Some("b=c")));
        assert_eq!(split_once("é", b'='), ("é", None));
    }
}
