//! The canonical request: the text that both sides derive from a request, step by step.

use std::cmp::Ordering;
use std::ops::Range;

use super::Unsigned;
use super::encode::{Coding, Decoded, encode_into, lower_into};
use super::header::{self, Header, Headers};
use crate::crypto::Pieces;
use crate::text::{hex_into, split_bytes_once};

/// What of the body the signature covers.
#[derive(Clone, Copy)]
pub enum Payload<'a> {
    /// The exact bytes.
    Bytes(&'a [u8]),
    /// The same, piece by piece, and only if they are needed.
    Pieces(Pieces<'a>),
    /// Bytes that cannot be known beforehand (a stream): `UNSIGNED-PAYLOAD` stands in their place.
    Unsigned,
}

/// What stands for a body that is not hashed.
pub(crate) const UNSIGNED_PAYLOAD: &[u8] = b"UNSIGNED-PAYLOAD";

/// Canonical URI: the path decoded, then encoded anew, ending with `/`.
fn canonical_uri(out: &mut Vec<u8>, path: &[u8]) {
    encode_into(out, path, Coding::Percent, true);
    if out.last() != Some(&b'/') {
        out.push(b'/');
    }
}

/// Canonical query: pairs decoded, sorted by key and then value, encoded anew. `+` means a space, as URLSearchParams
/// writes it; a plus is `%2B`.
fn canonical_query(out: &mut Vec<u8>, query: &[u8]) {
    let mut pairs = Vec::new();
    let mut rest = Some(query);
    while let Some(query) = rest {
        let (pair, after) = split_bytes_once(query, b'&');
        rest = after;
        if !pair.is_empty() {
            let (key, value) = split_bytes_once(pair, b'=');
            pairs.push((key, value.unwrap_or_default()));
        }
    }
    sort(&mut pairs, |one, other| {
        let compare = |a, b| Decoded::new(a, Coding::Form).cmp(Decoded::new(b, Coding::Form));
        compare(one.0, other.0).then_with(|| compare(one.1, other.1))
    });
    let mut separator = None;
    for (key, value) in pairs {
        out.extend(separator);
        separator = Some(b'&');
        encode_into(out, key, Coding::Form, false);
        out.push(b'=');
        encode_into(out, value, Coding::Form, false);
    }
}

/// One instance of the sort serves headers and queries.
#[inline(never)]
fn sort(pairs: &mut [Header<'_>], order: fn(&Header<'_>, &Header<'_>) -> Ordering) {
    pairs.sort_unstable_by(order);
}

/// Whether a header is signed: gateways drop names with `_`.
fn is_signed(header: &Header<'_>) -> bool {
    !header.0.contains(&b'_')
}

/// Signed headers: lower-case names in order, each with its value; gives the order, `host` in its place.
fn sorted<'a>(headers: &Headers<'a>) -> Vec<Header<'a>> {
    let mut sorted = Vec::with_capacity(headers.0.len() + 1);
    sorted.extend_from_slice(&headers.0);
    sorted.push((header::HOST.as_bytes(), b""));
    sorted.retain(is_signed);
    sort(&mut sorted, |one, other| {
        let one = one.0.iter().map(u8::to_ascii_lowercase);
        one.cmp(other.0.iter().map(u8::to_ascii_lowercase))
    });
    sorted
}

/// Payload hash: of the bytes, unless a content header already says what stands for them.
fn payload_hash(out: &mut Vec<u8>, request: &Unsigned<'_>, headers: &Headers<'_>) {
    let hash = request.algorithm.hash();
    let given = headers.bytes(request.algorithm.content_header().as_bytes());
    match (request.payload, given) {
        (Payload::Bytes(bytes @ []), _) | (Payload::Bytes(bytes), None) => {
            hash.hex_into(out, bytes)
        }
        (_, Some(given)) => out.extend_from_slice(given),
        (Payload::Pieces(pieces), None) => hex_into(out, &hash.digest(pieces)),
        (Payload::Unsigned, None) => out.extend_from_slice(UNSIGNED_PAYLOAD),
    }
}

/// Appends the canonical request; gives where in it the `;`-joined names of the signed headers stand.
pub(crate) fn canonical_request(
    out: &mut Vec<u8>,
    request: &Unsigned<'_>,
    headers: &Headers<'_>,
) -> Range<usize> {
    let sorted = sorted(headers);
    out.extend_from_slice(request.method);
    out.push(b'\n');
    canonical_uri(out, request.url.path);
    out.push(b'\n');
    canonical_query(out, request.url.query);
    out.push(b'\n');
    for (name, value) in &sorted {
        lower_into(out, name);
        out.push(b':');
        if *name == header::HOST.as_bytes() {
            request.url.host_into(out);
        }
        out.extend_from_slice(value);
        out.push(b'\n');
    }
    let start = out.len() + 1;
    let mut separator = b'\n';
    for (name, _) in &sorted {
        out.push(separator);
        separator = b';';
        lower_into(out, name);
    }
    let names = start..out.len();
    out.push(b'\n');
    payload_hash(out, request, headers);
    names
}

#[cfg(test)]
mod tests {
    use super::super::{Algorithm, SdkDate, Url};
    use super::*;
    use crate::text::from_ascii;

    fn text(step: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        step(&mut out);
        from_ascii(out)
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
            assert_eq!(text(|out| canonical_uri(out, path.as_bytes())), uri);
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
            let made = text(|out| canonical_query(out, query.as_bytes()));
            assert_eq!(made, canonical);
        }
    }

    fn unsigned(payload: Payload<'_>) -> Unsigned<'_> {
        Unsigned {
            method: b"GET",
            url: Url::parse("https://H/", "url").unwrap(),
            headers: Headers::default(),
            payload,
            date: SdkDate::from_unix_ms(0),
            algorithm: Algorithm::SdkHmacSha256,
            scope: None,
        }
    }

    #[test]
    fn headers_are_lower_case_trimmed_sorted_without_underscores() {
        let headers = Headers::from_pairs([("X-B", " 2\t"), ("a", "1  1"), ("X_C", "3")]).unwrap();
        let mut out = Vec::new();
        let names = canonical_request(&mut out, &unsigned(Payload::Unsigned), &headers);
        assert_eq!(out[names], *b"a;host;x-b");
        let expected = "GET\n/\n\na:1  1\nhost:h\nx-b:2\n\na;host;x-b\nUNSIGNED-PAYLOAD";
        assert_eq!(from_ascii(out), expected);
    }

    #[test]
    fn a_content_header_stands_for_a_body_that_is_there() {
        let headers = Headers::from_pairs([("x-sdk-content-sha256", "UNSIGNED-PAYLOAD")]).unwrap();
        let hash = |payload| text(|out| payload_hash(out, &unsigned(payload), &headers));
        assert_eq!(hash(Payload::Bytes(b"x")), "UNSIGNED-PAYLOAD");
        assert_eq!(hash(Payload::Unsigned), "UNSIGNED-PAYLOAD");
        assert!(hash(Payload::Bytes(b"")).starts_with("e3b0c442"));
    }
}
