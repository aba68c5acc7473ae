//! The signature a second time, written straight from the signing guide: slow, obvious, sharing no line with the crate.

use sha2::{Digest, Sha256};
use sm3::Sm3;

/// A request, as texts.
pub struct Request<'a> {
    /// In upper case.
    pub method: &'a str,
    /// With port, lower case.
    pub host: &'a str,
    /// Still encoded.
    pub path: &'a str,
    /// Still encoded.
    pub query: &'a str,
    /// As given, the date not among them.
    pub headers: &'a [(String, String)],
    /// None: a stream.
    pub body: Option<&'a [u8]>,
    /// `X-Sdk-Date`
    pub date: &'a str,
    /// `SDK-HMAC-SHA256`, `SDK-HMAC-SM3` or `V11-HMAC-SHA256`.
    pub algorithm: &'a str,
    /// `region/service`, of V11.
    pub scope: &'a str,
}

impl Request<'_> {
    fn hash(&self, data: &[u8]) -> String {
        match self.algorithm {
            "SDK-HMAC-SM3" => hex(&Sm3::digest(data)),
            _ => hex(&Sha256::digest(data)),
        }
    }

    /// The value of `Authorization`, with what it was made from.
    pub fn sign(&self, ak: &str, sk: &str) -> (String, String, String) {
        let content = match self.algorithm {
            "SDK-HMAC-SM3" => "x-sdk-content-sm3",
            _ => "x-sdk-content-sha256",
        };
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in self.headers {
            headers.push((
                name.to_lowercase(),
                value
                    .trim_matches(|c| matches!(c, '\t'..='\r' | ' '))
                    .to_string(),
            ));
        }
        headers.retain(|(name, _)| name != "host" && name != "x-sdk-date");
        headers.push(("host".to_string(), self.host.to_string()));
        headers.push(("x-sdk-date".to_string(), self.date.to_string()));
        let other_type = headers.iter().any(|(name, value)| {
            name == "content-type"
                && !value.is_empty()
                && !value.starts_with("application/json")
                && !value.starts_with("application/bson")
        });
        if other_type || self.body.is_none() {
            headers.retain(|(name, _)| name != content);
            headers.push((content.to_string(), "UNSIGNED-PAYLOAD".to_string()));
        }
        headers.sort();
        let given = headers.iter().find(|(name, _)| name == content);
        let payload = match (self.body, given) {
            (Some([]), _) => self.hash(b""),
            (_, Some((_, value))) => value.clone(),
            (Some(body), None) => self.hash(body),
            (None, None) => unreachable!("a stream has a content header"),
        };
        headers.retain(|(name, _)| !name.contains('_'));
        let mut lines = String::new();
        for (name, value) in &headers {
            lines += &format!("{name}:{value}\n");
        }
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(";");
        let request = [
            self.method,
            &canonical_uri(self.path),
            &canonical_query(self.query),
            &lines,
            &names,
            &payload,
        ]
        .join("\n");
        let mut to_sign = format!("{}\n{}\n", self.algorithm, self.date);
        let mut key = sk.as_bytes().to_vec();
        let mut who = format!("Access={ak}");
        if self.algorithm == "V11-HMAC-SHA256" {
            let info = format!("{}/{}", &self.date[..8], self.scope);
            to_sign += &format!("{info}\n");
            let extracted = hmac(self.algorithm, ak.as_bytes(), sk.as_bytes());
            let expanded = hmac(
                self.algorithm,
                &extracted,
                &[info.as_bytes(), &[1]].concat(),
            );
            key = hex(&expanded).into_bytes();
            who = format!("Credential={ak}/{info}");
        }
        to_sign += &self.hash(request.as_bytes());
        let signature = hex(&hmac(self.algorithm, &key, to_sign.as_bytes()));
        let algorithm = self.algorithm;
        let authorization =
            format!("{algorithm} {who}, SignedHeaders={names}, Signature={signature}");
        (request, to_sign, authorization)
    }
}

/// RFC 2104, for hashes with blocks of 64 bytes.
fn hmac(algorithm: &str, key: &[u8], text: &[u8]) -> Vec<u8> {
    let hash = |data: &[u8]| match algorithm {
        "SDK-HMAC-SM3" => Sm3::digest(data).to_vec(),
        _ => Sha256::digest(data).to_vec(),
    };
    let mut block = if key.len() > 64 {
        hash(key)
    } else {
        key.to_vec()
    };
    block.resize(64, 0);
    let inner: Vec<u8> = block.iter().map(|byte| byte ^ 0x36).collect();
    let outer: Vec<u8> = block.iter().map(|byte| byte ^ 0x5c).collect();
    let inner = hash(&[&inner[..], text].concat());
    hash(&[&outer[..], &inner[..]].concat())
}

fn canonical_uri(path: &str) -> String {
    let segments: Vec<String> = decode(path)
        .split(|byte| *byte == b'/')
        .map(encode)
        .collect();
    let uri = segments.join("/");
    if uri.ends_with('/') { uri } else { uri + "/" }
}

/// Canonical query of a query as it stands in a URL.
pub fn canonical_query(query: &str) -> String {
    let mut pairs = Vec::new();
    for pair in query.replace('+', " ").split('&') {
        if pair.is_empty() {
            continue;
        }
        let (key, value) = match pair.find('=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, ""),
        };
        pairs.push((decode(key), decode(value)));
    }
    pairs.sort();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| encode(key) + "=" + &encode(value))
        .collect();
    pairs.join("&")
}

/// Undoes `%XX`.
pub fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).filter(|digits| {
            bytes[at] == b'%' && digits.iter().all(|digit| digit.is_ascii_hexdigit())
        });
        if let Some(digits) = digits {
            let digits = String::from_utf8_lossy(digits);
            out.push(u8::from_str_radix(&digits, 16).expect("two hex digits"));
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

fn encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in bytes {
        let letter = char::from(*byte);
        if letter.is_ascii_alphanumeric() || "-_.~".contains(letter) {
            out.push(letter);
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    out
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_hash_is_the_published_one() {
        assert_eq!(
            hex(&hmac(
                "",
                b"key",
                b"The quick brown fox jumps over the lazy dog"
            )),
            "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
        );
        assert_eq!(canonical_query("b=%7e&a=1+2&&c"), "a=1%202&b=~&c=");
        assert_eq!(canonical_uri("/a%2Fb/主"), "/a/b/%E4%B8%BB/");
    }
}
