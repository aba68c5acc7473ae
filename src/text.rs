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

/// Whether `part`, which is not empty, stands in `text`.
pub(crate) fn has(text: &str, part: &str) -> bool {
    text.as_bytes()
        .windows(part.len())
        .any(|window| window == part.as_bytes())
}

/// A name that a caller gave, fit for a message: short, without control characters.
pub(crate) fn printable(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars().take(40) {
        if !c.is_control() {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals() {
        for number in [0, 7, 10, 4_294_967_295, u64::MAX] {
            assert_eq!(decimal(number), number.to_string());
        }
    }

    #[test]
    fn parts() {
        assert!(has("abc", "bc") && has("abc", "abc") && !has("abc", "abcd") && !has("", "a"));
        assert_eq!(printable("a\r\nb\0"), "ab");
    }
}
