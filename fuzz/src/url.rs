//! The URL reader against the URL standard: whatever is accepted is sent by `fetch` as it was signed.

use huaweicloud_dcs::sign::{Algorithm, Headers, Payload, SdkDate, Unsigned, Url};

use crate::naive;

/// Reads a text as a URL, with us and with the standard.
pub fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let ours = match Url::parse(text, "url") {
        Ok(ours) => ours,
        Err(error) => {
            let message = error.to_string();
            assert!(message.starts_with("url "), "{message}");
            return;
        }
    };
    let fetched = match ::url::Url::parse(text) {
        Ok(fetched) => fetched,
        // Names that cannot be are refused by fetch itself: nothing is sent.
        Err(_) => return,
    };
    assert_eq!(ours.scheme, fetched.scheme());
    let host = fetched.host_str().unwrap_or_default();
    let sent = match fetched.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    assert_eq!(ours.host(), sent, "the signed host is not the one sent");
    assert_eq!(
        naive::decode(as_text(ours.path)),
        naive::decode(fetched.path())
    );
    assert_eq!(
        naive::decode(as_text(ours.query)),
        naive::decode(fetched.query().unwrap_or_default())
    );
    assert_eq!(
        ours.origin(),
        fetched.origin().ascii_serialization(),
        "origin"
    );
    let loopback = match fetched.host() {
        Some(::url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(::url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(::url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    assert_eq!(ours.is_loopback(), loopback, "loopback");
    query(&ours, &fetched);
}

/// A part of what was a text.
fn as_text(part: &[u8]) -> &str {
    std::str::from_utf8(part).expect("cut at ASCII")
}

/// The canonical query against the standard's own reading of queries.
fn query(ours: &Url<'_>, fetched: &::url::Url) {
    let request = Unsigned {
        method: b"GET",
        url: ours.clone(),
        headers: Headers::default(),
        payload: Payload::Bytes(b""),
        date: SdkDate::from_unix_ms(0),
        algorithm: Algorithm::SdkHmacSha256,
        scope: None,
    };
    let prepared = request
        .prepare()
        .expect("without headers nothing can be wrong");
    let canonical = prepared
        .canonical_request()
        .lines()
        .nth(2)
        .expect("a query");
    assert_eq!(canonical, naive::canonical_query(as_text(ours.query)));
    let pairs = |text: &str| {
        let pairs = ::url::form_urlencoded::parse(text.as_bytes());
        let mut pairs: Vec<_> = pairs.into_owned().collect();
        pairs.sort();
        pairs
    };
    // Bytes that are no UTF-8 are replaced there, and kept here: order may differ then.
    if std::str::from_utf8(&naive::decode(as_text(ours.query))).is_ok() {
        assert_eq!(pairs(canonical), pairs(fetched.query().unwrap_or_default()));
    }
}
