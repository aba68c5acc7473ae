//! Header names, each in one place, and a checked list of headers.

use crate::error::Error;

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

/// Headers to send: valid names and values, no name twice.
#[derive(Clone, Default)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// Checks each name and value.
    ///
    /// # Errors
    /// `InvalidArgument` with field `headers.NAME`: a name that is no token, a value with CR, LF or NUL, a name given twice.
    pub fn from_pairs<N: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, Error> {
        let mut headers = Self::default();
        for (name, value) in pairs {
            headers.add(name.into(), value.into())?;
        }
        Ok(headers)
    }

    /// Adds one.
    ///
    /// # Errors
    /// As [`Headers::from_pairs`].
    pub fn add(&mut self, name: String, value: String) -> Result<(), Error> {
        let wrong = |why| {
            Err(Error::invalid(
                &["headers.", &crate::text::printable(&name)].concat(),
                why,
            ))
        };
        if name.is_empty() || !name.bytes().all(is_token) {
            return wrong("is not a header name");
        }
        if value.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return wrong("must not contain CR, LF or NUL");
        }
        if self.get(&name).is_some() {
            return wrong("is given twice; join the values with a comma");
        }
        self.0.push((name, value));
        Ok(())
    }

    /// Sets one that this crate makes itself, in place of any of that name.
    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.remove(name);
        self.0.push((name.to_owned(), value));
    }

    /// Removes one, and gives its value.
    pub(crate) fn remove(&mut self, name: &str) -> Option<String> {
        let at = self
            .0
            .iter()
            .position(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(self.0.remove(at).1)
    }

    /// The value of that name, in any case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// In the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(any(test, target_arch = "wasm32"))]
/// A value as `fetch` takes it: its UTF-8 bytes as Latin-1 characters, so that the bytes on the wire are those signed.
pub(crate) fn to_byte_string(value: &str) -> String {
    let value = value.trim();
    if value.is_ascii() {
        value.to_owned()
    } else {
        value.bytes().map(char::from).collect()
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
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
    fn bytes_on_the_wire_are_those_signed() {
        assert_eq!(to_byte_string(" plain "), "plain");
        assert_eq!(to_byte_string("é"), "Ã©");
    }
}
