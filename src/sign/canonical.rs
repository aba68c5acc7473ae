//! The canonical request: the text that both sides derive from a request, step by step.

use super::algorithm::Algorithm;
use super::encode::{ascii, encode_component, encode_path, percent_decode};
use super::header::{self, Headers};
use super::url::Url;

/// What of the body the signature covers.
#[derive(Debug, Clone, Copy)]
pub enum Payload<'a> {
    /// The exact bytes.
    Bytes(&'a [u8]),
    /// Bytes that cannot be known beforehand (a stream): `UNSIGNED-PAYLOAD` stands in their place.
    Unsigned,
}

impl Payload<'_> {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Bytes([]))
    }
}

/// What stands for a body that is not hashed.
pub(crate) const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Canonical URI: the path decoded, then encoded anew, ending with `/`.
pub(crate) fn canonical_uri(out: &mut Vec<u8>, path: &str) {
    encode_path(out, &percent_decode(path.as_bytes()));
    if out.last() != Some(&b'/') {
        out.push(b'/');
    }
}

/// Canonical query: pairs decoded, sorted by key and then value, encoded anew. `+` means a space, as URLSearchParams
/// writes it; a plus is `%2B`.
pub(crate) fn canonical_query(out: &mut Vec<u8>, query: &str) {
    if query.is_empty() {
        return;
    }
    let query = query.replace('+', "%20");
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (
                percent_decode(key.as_bytes()),
                percent_decode(value.as_bytes()),
            )
        })
        .collect();
    pairs.sort_unstable();
    for (index, (key, value)) in pairs.iter().enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        encode_component(out, key);
        out.push(b'=');
        encode_component(out, value);
    }
}

/// Signed headers: lower-case names in order, each with its trimmed value. Names with `_` are left out, since
/// gateways drop them.
pub(crate) fn signed_headers<'a>(headers: &'a Headers, host: &'a str) -> Vec<(String, &'a str)> {
    let mut signed: Vec<_> = headers
        .iter()
        .filter(|(name, _)| !name.contains('_'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
        .collect();
    signed.push((header::HOST.to_owned(), host));
    signed.sort_unstable();
    signed
}

/// Payload hash: of the bytes, unless a content header already says what stands for them.
pub(crate) fn payload_hash(
    out: &mut Vec<u8>,
    algorithm: Algorithm,
    headers: &Headers,
    payload: Payload<'_>,
) {
    let given = headers
        .get(algorithm.hash().content_header())
        .map(str::trim)
        .filter(|_| !payload.is_empty());
    match (given, payload) {
        (Some(hash), _) => out.extend_from_slice(hash.as_bytes()),
        (None, Payload::Bytes(bytes)) => algorithm.hash().hex_into(out, bytes),
        (None, Payload::Unsigned) => out.extend_from_slice(UNSIGNED_PAYLOAD.as_bytes()),
    }
}

/// The canonical request and the `;`-joined names of the signed headers.
pub(crate) fn canonical_request(
    method: &str,
    url: &Url<'_>,
    headers: &Headers,
    payload: Payload<'_>,
    algorithm: Algorithm,
) -> (String, String) {
    let signed = signed_headers(headers, &url.host);
    let names = signed
        .iter()
        .map(|(name, _)| name.as_str())
        .collect::<Vec<_>>()
        .join(";");
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(method.as_bytes());
    out.push(b'\n');
    canonical_uri(&mut out, url.path);
    out.push(b'\n');
    canonical_query(&mut out, url.query);
    out.push(b'\n');
    for (name, value) in &signed {
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        out.extend_from_slice(value.as_bytes());
        out.push(b'\n');
    }
    out.push(b'\n');
    out.extend_from_slice(names.as_bytes());
    out.push(b'\n');
    payload_hash(&mut out, algorithm, headers, payload);
    (ascii(out), names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(step: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        step(&mut out);
        ascii(out)
    }

    #[test]
    fn uri_is_encoded_anew_and_ends_with_a_slash() {
        for (path, uri) in [
            ("/", "/"),
            ("/v2/a", "/v2/a/"),
            ("/v2/a/", "/v2/a/"),
            ("/a%20b/%2f%7e", "/a%20b//~/"),
            ("/主*", "/%E4%B8%BB%2A/"),
        ] {
            assert_eq!(text(|out| canonical_uri(out, path)), uri);
        }
    }

    #[test]
    fn query_is_sorted_by_decoded_key_then_value() {
        for (query, canonical) in [
            ("", ""),
            ("b=2&a=1", "a=1&b=2"),
            ("a=2&a=1&a", "a=&a=1&a=2"),
            ("&&a=%7E&", "a=~"),
            ("a=b+c&d=e%2Bf", "a=b%20c&d=e%2Bf"),
            ("a=b=c", "a=b%3Dc"),
            ("%7E=1&%41=2", "A=2&~=1"),
        ] {
            assert_eq!(text(|out| canonical_query(out, query)), canonical);
        }
    }

    #[test]
    fn headers_are_lower_case_trimmed_sorted_without_underscores() {
        let headers = Headers::from_pairs([("X-B", " 2\t"), ("a", "1  1"), ("X_C", "3")]).unwrap();
        let signed = signed_headers(&headers, "h");
        let expected = [("a", "1  1"), ("host", "h"), ("x-b", "2")];
        assert!(
            signed
                .iter()
                .map(|(name, value)| (name.as_str(), *value))
                .eq(expected)
        );
    }

    #[test]
    fn a_content_header_stands_for_a_body_that_is_there() {
        let headers = Headers::from_pairs([("x-sdk-content-sha256", "UNSIGNED-PAYLOAD")]).unwrap();
        let hash =
            |payload| text(|out| payload_hash(out, Algorithm::SdkHmacSha256, &headers, payload));
        assert_eq!(hash(Payload::Bytes(b"x")), UNSIGNED_PAYLOAD);
        assert_eq!(hash(Payload::Unsigned), UNSIGNED_PAYLOAD);
        assert!(hash(Payload::Bytes(b"")).starts_with("e3b0c442"));
    }
}
