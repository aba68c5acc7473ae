//! Small texts without the formatting machinery of the standard library, which costs several kilobytes of wasm.

/// A number in decimal.
pub(crate) fn decimal(number: u64) -> String {
    let mut out = Vec::with_capacity(20);
    decimal_into(&mut out, number);
    crate::sign::ascii(out)
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
pub(crate) fn number(digits: &[u8]) -> Option<u32> {
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
pub(crate) fn has(text: &str, part: &str) -> bool {
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

/// What stands before and after the first `at`, an ASCII character; all of it and nothing when there is none.
pub(crate) fn cut(text: &str, at: u8) -> (&str, Option<&str>) {
    match find(text.as_bytes(), at) {
        Some(index) => (&text[..index], Some(&text[index + 1..])),
        None => (text, None),
    }
}

/// Where the first `byte` stands.
pub(crate) fn find(text: &[u8], byte: u8) -> Option<usize> {
    let mut at = 0;
    // Eight bytes at a time: a subtraction borrows from the next byte where one is zero.
    while let Some(Ok(eight)) = text.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let same = u64::from_ne_bytes(eight) ^ u64::from_ne_bytes([byte; 8]);
        let ones = u64::from_ne_bytes([1; 8]);
        if same.wrapping_sub(ones) & !same & (ones << 7) != 0 {
            break;
        }
        at += 8;
    }
    while at < text.len() {
        if text[at] == byte {
            return Some(at);
        }
        at += 1;
    }
    None
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
pub(crate) fn clean(text: &str, most: usize, instead: &str) -> String {
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

/// A name that a caller gave, fit for a message: short, without control characters.
pub(crate) fn printable(name: &str) -> String {
    clean(name, 40, "")
}

/// The candidate that takes the fewest edits from a text, whatever the case of its letters.
pub(crate) struct Nearest<'a> {
    text: &'a str,
    edits: usize,
    /// It.
    pub(crate) name: &'static str,
}

impl<'a> Nearest<'a> {
    /// None yet.
    pub(crate) fn to(text: &'a str) -> Self {
        Self {
            text,
            edits: usize::MAX,
            name: "",
        }
    }

    /// Tries one; of equally near ones the first stays.
    pub(crate) fn meet(&mut self, name: &'static str) {
        let edits = edits(self.text.as_bytes(), name.as_bytes());
        if edits < self.edits {
            self.edits = edits;
            self.name = name;
        }
    }
}

/// Levenshtein distance of the first 64 bytes of a text to a name, which is shorter.
fn edits(text: &[u8], name: &[u8]) -> usize {
    let mut row: [usize; 65] = std::array::from_fn(|index| index);
    for (i, x) in text.iter().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in name.iter().enumerate() {
            let substituted = diagonal + usize::from(!x.eq_ignore_ascii_case(y));
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[name.len()]
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
            assert_eq!(number(digits.as_bytes()), digits.parse().ok());
        }
        for other in ["", "-1", "1a", "\u{b2}", "10000010"] {
            assert_eq!(number(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn parts() {
        assert!(has("abc", "bc") && has("abc", "abc") && !has("abc", "abcd") && !has("", "a"));
        assert_eq!(printable("a\r\nb\0"), "ab");
        assert_eq!(clean(" é\u{85}\u{a0}\u{7f}ü", 5, "-"), " é-\u{a0}-");
        assert_eq!(clean("ééé", 2, ""), "éé");
        assert!(has_control("a\u{9f}") && has_control("\t") && !has_control("é\u{a0}"));
        assert_eq!(cut("a=b=c", b'='), ("a", Some("b=c")));
        assert_eq!(cut("é", b'='), ("é", None));
    }
}
