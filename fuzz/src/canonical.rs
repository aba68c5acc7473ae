//! The signer against [`crate::naive`].

use arbitrary::{Arbitrary, Unstructured};
use huaweicloud_dcs::credential::AccessKey;
use huaweicloud_dcs::sign::{Algorithm, Headers, Payload, Scope, SdkDate, Unsigned, Url};

use crate::naive;

const ALGORITHMS: [Algorithm; 3] = [
    Algorithm::SdkHmacSha256,
    Algorithm::SdkHmacSm3,
    Algorithm::V11HmacSha256,
];

#[derive(Debug, Arbitrary)]
struct Input {
    method: u8,
    algorithm: u8,
    unsigned: bool,
    seconds: u32,
    target: String,
    sk: String,
    headers: Vec<(Name, String)>,
    body: Vec<u8>,
}

/// Names that mean something are met more often than chance would have it.
#[derive(Debug, Arbitrary)]
enum Name {
    ContentType,
    ContentSha256,
    ContentSm3,
    Date,
    Host,
    Other(String),
}

impl Name {
    fn text(&self) -> &str {
        match self {
            Self::ContentType => "Content-Type",
            Self::ContentSha256 => "X-Sdk-Content-Sha256",
            Self::ContentSm3 => "x-sdk-content-sm3",
            Self::Date => "X-Sdk-Date",
            Self::Host => "Host",
            Self::Other(name) => name,
        }
    }
}

/// Signs what the bytes say, twice.
pub fn check(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else {
        return;
    };
    let method = ["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"][usize::from(input.method) % 6];
    let algorithm = ALGORITHMS[usize::from(input.algorithm) % ALGORITHMS.len()];
    let date = SdkDate::from_unix_ms(i64::from(input.seconds) * 1000);
    let text = ["https://dcs.cn-north-4.example", &input.target].concat();
    let Ok(url) = Url::parse(&text, "url") else {
        return;
    };
    let Ok(key) = AccessKey::new("AK".to_owned(), input.sk.clone(), None) else {
        return;
    };
    let pairs: Vec<(String, String)> = input
        .headers
        .iter()
        .map(|(name, value)| (name.text().to_owned(), value.clone()))
        .collect();
    let borrowed = pairs.iter().map(|(name, value)| (&**name, &**value));
    let Ok(headers) = Headers::from_pairs(borrowed) else {
        return;
    };
    let body = (!input.unsigned).then_some(&input.body[..]);
    let expected = naive::Request {
        method,
        host: &url.host(),
        path: std::str::from_utf8(url.path).expect("cut at ASCII"),
        query: std::str::from_utf8(url.query).expect("cut at ASCII"),
        headers: &pairs,
        body,
        date: date.as_str(),
        algorithm: algorithm.name(),
        scope: "cn-north-4/dcs",
    }
    .sign("AK", &input.sk);
    let request = Unsigned {
        method: method.as_bytes(),
        url: url.clone(),
        headers,
        payload: body.map_or(Payload::Unsigned, Payload::Bytes),
        date,
        algorithm,
        scope: Some(Scope {
            region: b"cn-north-4",
            service: b"dcs",
        }),
    };
    let prepared = request.prepare();
    // Refused for a header that contradicts URL or date, or that signing makes itself: nothing to compare.
    let Ok(prepared) = prepared else { return };
    assert_eq!(prepared.canonical_request(), expected.0);
    assert_eq!(prepared.string_to_sign(), expected.1);
    let authorization = prepared.authorization(&key).expect("HMAC cannot fail");
    assert_eq!(authorization, expected.2);
    assert!(!prepared.headers.iter().any(|(_, value)| {
        value
            .iter()
            .any(|byte| matches!(byte, b'\r' | b'\n' | b'\0'))
    }));
}
