//! The canonical request, rebuilt from what arrived.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::RawRequest;
use super::algorithm::{Algorithm, Hash};

/// Everything but `A-Za-z0-9-_.~` is encoded.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

const UNSIGNED_PAYLOAD: &[u8] = b"UNSIGNED-PAYLOAD";

/// The canonical requests that stand for what arrived: one, or none when a header that should be
/// signed is absent or the stated hash of the body is not the body's, or two where the official
/// cores disagree (see [`payloads`]).
pub fn requests(
    request: &RawRequest<'_>,
    algorithm: Algorithm,
    signed_headers: &[&str],
) -> Vec<Vec<u8>> {
    let Some(head) = head(request, signed_headers) else {
        return Vec::new();
    };
    payloads(request, algorithm, signed_headers)
        .into_iter()
        .map(|payload| [head.as_slice(), &payload].concat())
        .collect()
}

/// All but the last line.
fn head(request: &RawRequest<'_>, signed_headers: &[&str]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(512);
    let mut line = |bytes: &[u8]| {
        out.extend_from_slice(bytes);
        out.push(b'\n');
    };
    line(request.method.to_ascii_uppercase().as_bytes());
    line(uri(request.path).as_bytes());
    line(query(request.query).as_bytes());
    for name in signed_headers {
        let mut header = format!("{name}:").into_bytes();
        header.extend_from_slice(&header_value(request, name)?);
        line(&header);
    }
    line(b"");
    line(signed_headers.join(";").as_bytes());
    Some(out)
}

/// The path decoded, split, and each segment encoded anew; it ends with a slash.
fn uri(path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let mut uri: String = decoded.split('/').map(escape).collect::<Vec<_>>().join("/");
    if !uri.ends_with('/') {
        uri.push('/');
    }
    uri
}

/// The parameters sorted by key, then value, as they are before encoding.
fn query(query: &str) -> String {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(key, value)| (decode(key), decode(value)))
        .collect();
    pairs.sort();
    pairs
        .iter()
        .map(|(key, value)| format!("{}={}", escape(key), escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}

fn escape(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// The trimmed value; a header sent more than once is one list.
fn header_value(request: &RawRequest<'_>, name: &str) -> Option<Vec<u8>> {
    let mut values = request.headers.get_all(name).iter();
    let mut joined = values.next()?.as_bytes().trim_ascii().to_vec();
    for value in values {
        joined.push(b',');
        joined.extend_from_slice(value.as_bytes().trim_ascii());
    }
    Some(joined)
}

/// The hash of the body, or the words that stand for it. A stated hash must be the body's, and
/// counts only when it is signed. Where an empty body comes with a stated one, the official Python
/// core signs the hash of nothing and the Go core the statement, so either is right.
fn payloads(
    request: &RawRequest<'_>,
    algorithm: Algorithm,
    signed_headers: &[&str],
) -> Vec<Vec<u8>> {
    let hash: Hash = algorithm.hash();
    let actual = hash.hex(request.body).into_bytes();
    let name = hash.content_header();
    let stated = header_value(request, name).filter(|_| signed_headers.contains(&name));
    match stated {
        None => vec![actual],
        Some(stated) if stated != UNSIGNED_PAYLOAD && stated != actual => Vec::new(),
        Some(stated) if request.body.is_empty() => vec![actual, stated],
        Some(stated) => vec![stated],
    }
}
