//! Header names, each in one place, and a checked list of headers.
//!
//! Headers are bytes that are borrowed: a signature reads them once, and copies them once into its text.

use crate::error::Error;
#[cfg(all(feature = "client", target_arch = "wasm32"))]
use crate::text::from_ascii;

pub(crate) const AUTHORIZATION: &str = "Authorization";
pub(crate) const CONTENT_TYPE: &str = "Content-Type";
pub(crate) const HOST: &str = "host";
#[cfg(all(feature = "client", target_arch = "wasm32"))]
pub(crate) const X_AUTH_TOKEN: &str = "X-Auth-Token";
#[cfg(all(feature = "client", target_arch = "wasm32"))]
pub(crate) const X_PROJECT_ID: &str = "X-Project-Id";
pub(crate) const X_SDK_DATE: &str = "X-Sdk-Date";
#[cfg(target_arch = "wasm32")]
pub(crate) const X_SECURITY_TOKEN: &str = "X-Security-Token";

/// Name and value.
pub(crate) type Header<'a> = (&'a [u8], &'a [u8]);

/// Headers to send: valid names and values, no name twice, no white space around a value.
#[derive(Clone, Default)]
pub struct Headers<'a>(pub(super) Vec<Header<'a>>);

impl<'a> Headers<'a> {
    /// Checks each name and value.
    ///
    /// # Errors
    /// `InvalidArgument` with field `headers.NAME`: a name that is no token, a value with CR, LF or NUL, a name given twice.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Error> {
        let mut headers = Self::default();
        for (name, value) in pairs {
            headers.add(name.as_bytes(), value.as_bytes())?;
        }
        Ok(headers)
    }

    /// Adds one.
    ///
    /// # Errors
    /// As [`Headers::from_pairs`].
    pub fn add(&mut self, name: &'a [u8], value: &'a [u8]) -> Result<(), Error> {
        let why = if name.is_empty() || !name.iter().all(is_token) {
            "is not a header name"
        } else if value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            "must not contain CR, LF or NUL"
        } else if self.bytes(name).is_some() {
            "is given twice; join the values with a comma"
        } else {
            self.0.push((name, trim(value)));
            return Ok(());
        };
        Err(Error::invalid(&field(name), why))
    }

    /// Sets one that this crate makes itself, in place of any of that name.
    pub(crate) fn set(&mut self, name: &'static str, value: &'a [u8]) {
        self.0
            .retain(|(own, _)| !own.eq_ignore_ascii_case(name.as_bytes()));
        self.0.push((name.as_bytes(), value));
    }

    /// The value of that name, in any case.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        std::str::from_utf8(self.bytes(name.as_bytes())?).ok()
    }

    pub(crate) fn bytes(&self, name: &[u8]) -> Option<&'a [u8]> {
        for (own, value) in &self.0 {
            if own.eq_ignore_ascii_case(name) {
                return Some(value);
            }
        }
        None
    }

    /// As `fetch` takes them.
    #[cfg(all(feature = "client", target_arch = "wasm32"))]
    pub(crate) fn texts(&self) -> Vec<(String, String)> {
        let mut texts = Vec::with_capacity(self.0.len());
        for (name, value) in &self.0 {
            let mut text = Vec::with_capacity(value.len());
            byte_string_into(&mut text, value);
            texts.push((from_ascii(name.to_vec()), from_ascii(text)));
        }
        texts
    }

    /// As they are sent.
    pub fn iter(&self) -> impl Iterator<Item = Header<'a>> {
        self.0.iter().copied()
    }
}

/// Without the white space that HTTP takes off a value.
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b'\t'..=b'\r' | b' ', rest @ ..] | [rest @ .., b'\t'..=b'\r' | b' '] = value {
        value = rest;
    }
    value
}

/// The field of a header in an error: short and printable, whatever the name is.
fn field(name: &[u8]) -> String {
    let mut field = String::from("headers.");
    for &byte in name.iter().take(40).filter(|byte| !byte.is_ascii_control()) {
        field.push(if byte.is_ascii() {
            char::from(byte)
        } else {
            '?'
        });
    }
    field
}

#[cfg(any(test, target_arch = "wasm32"))]
/// Appends a value as `fetch` takes it: its bytes as Latin-1 characters (here in UTF-8), so that the bytes on the wire are
/// those signed.
pub(crate) fn byte_string_into(out: &mut Vec<u8>, value: &[u8]) {
    if value.is_ascii() {
        out.extend_from_slice(value);
        return;
    }
    for &byte in value {
        if !byte.is_ascii() {
            out.push(0xc0 | byte >> 6);
        }
        out.push(if byte.is_ascii() {
            byte
        } else {
            0x80 | byte & 0x3f
        });
    }
}

fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_could_split_a_request() {
        for (name, value) in [
            ("", "x"),
            ("a b", "x"),
            ("a:", "x"),
            ("é", "x"),
            ("a", "x\r\nHost: y"),
            ("a", "\0"),
            ("a\n", "x"),
        ] {
            assert!(
                Headers::from_pairs([(name, value)]).is_err(),
                "{name:?} {value:?}"
            );
        }
        assert!(Headers::from_pairs([("A", "1"), ("a", "2")]).is_err());
    }

    #[test]
    fn a_name_in_an_error_is_printable() {
        let error = Headers::from_pairs([("a\r\nb é", "")]).err().unwrap();
        assert_eq!(error.to_string(), "headers.ab ?? is not a header name");
    }

    #[test]
    fn bytes_on_the_wire_are_those_signed() {
        let mut out = Vec::new();
        byte_string_into(&mut out, trim(" \tplain é ".as_bytes()));
        assert_eq!(out, "plain Ã©".as_bytes());
        assert_eq!(trim(b" \r\n"), b"");
    }
}
