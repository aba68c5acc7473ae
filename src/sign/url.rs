//! Reading a URL for signing: what is signed must be what `fetch` will send, so whatever `fetch` would
//! rewrite is refused, not guessed.

use super::encode::percent_decode;
use crate::error::Error;

/// The parts of an absolute URL that a signature covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url<'a> {
    /// `https` or `http`.
    pub scheme: &'a str,
    /// Host and port as the `Host` header has them: lower case, without the scheme's own port.
    pub host: String,
    /// From the first `/`, still encoded; `/` when the URL has none.
    pub path: &'a str,
    /// After `?`, still encoded, without the fragment.
    pub query: &'a str,
}

impl<'a> Url<'a> {
    /// Reads an absolute http or https URL.
    ///
    /// # Errors
    /// `InvalidArgument` naming `field`: another scheme, a user or password, a host that is not plain ASCII,
    /// white space or control characters, a backslash, or a dot segment (`fetch` would remove it).
    pub fn parse(text: &'a str, field: &str) -> Result<Self, Error> {
        let wrong = |why: &str| Error::invalid(field, why);
        if let Some(bad) = text
            .bytes()
            .find(|byte| *byte <= b' ' || *byte == 0x7f || *byte == b'\\')
        {
            return Err(wrong(if bad == b'\\' {
                "has a backslash; write / or %5C"
            } else {
                "has white space or a control character; percent-encode it"
            }));
        }
        let (scheme, rest) = if let Some(rest) = text.strip_prefix("https://") {
            ("https", rest)
        } else if let Some(rest) = text.strip_prefix("http://") {
            ("http", rest)
        } else {
            return Err(wrong(
                "must be an absolute URL that starts with https:// or http://",
            ));
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        if path.split('/').any(is_dot_segment) {
            return Err(wrong(
                "has a . or .. segment, which fetch would remove; write the path out",
            ));
        }
        Ok(Self {
            scheme,
            host: host(authority, scheme, &wrong)?,
            path,
            query,
        })
    }

    /// Whether the host is this machine: `localhost`, `127.0.0.0/8` or `[::1]`.
    pub fn is_loopback(&self) -> bool {
        let name = match self.host.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => self.host.split(':').next().unwrap_or_default(),
        };
        name == "localhost"
            || name.ends_with(".localhost")
            || name == "::1"
            || name
                .parse::<std::net::Ipv4Addr>()
                .is_ok_and(|ip| ip.is_loopback())
    }

    /// Scheme and host, without a path.
    pub fn origin(&self) -> String {
        [self.scheme, "://", &self.host].concat()
    }
}

/// `.` and `..`, also written `%2e`, as the URL standard has them.
fn is_dot_segment(segment: &str) -> bool {
    segment.len() <= 6 && matches!(&*percent_decode(segment.as_bytes()), b"." | b"..")
}

fn host(authority: &str, scheme: &str, wrong: &dyn Fn(&str) -> Error) -> Result<String, Error> {
    if authority.contains('@') {
        return Err(wrong("must not hold a user name or password"));
    }
    let (name, port) = match authority.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (authority, None),
    };
    let literal = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let plain = match literal {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        }
    };
    if !plain {
        return Err(wrong(
            "has no valid host; an international name must be in its xn-- form",
        ));
    }
    let mut host = name.to_ascii_lowercase();
    if let Some(port) = port.filter(|port| !port.is_empty()) {
        let number: u16 = port
            .parse()
            .map_err(|_| wrong("has a port that is not 0 to 65535"))?;
        let usual = if scheme == "https" { 443 } else { 80 };
        if number != usual {
            host.push(':');
            host.push_str(&number.to_string());
        }
    }
    Ok(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Url<'_>, Error> {
        Url::parse(text, "url")
    }

    #[test]
    fn splits_a_url() {
        let url = parse("https://DCS.example.com:443/v2/a%20b?x=1&y#frag?").unwrap();
        assert_eq!(
            (url.scheme, &*url.host, url.path, url.query),
            ("https", "dcs.example.com", "/v2/a%20b", "x=1&y")
        );
        let url = parse("http://[::1]:8080").unwrap();
        assert_eq!((&*url.host, url.path, url.query), ("[::1]:8080", "/", ""));
        assert_eq!(parse("https://h?q").unwrap().query, "q");
        assert_eq!(parse("http://h:0080/").unwrap().host, "h");
    }

    #[test]
    fn refuses_what_fetch_would_rewrite() {
        for text in [
            "",
            "/path",
            "ftp://h/",
            "https://",
            "https:///x",
            "https://u:p@h/",
            "https://h/a b",
            "https://h/\n",
            "https://h\\x",
            "https://h/../x",
            "https://h/a/%2E%2e/x",
            "https://h/.",
            "https://héé/",
            "https://h:99999/",
            "https://h:8x/",
            "https://[::g]/",
            "https://[::1/",
        ] {
            let error = parse(text).unwrap_err();
            assert!(
                matches!(&error, Error::InvalidArgument { field, .. } if field == "url"),
                "{text}"
            );
        }
        assert!(parse("https://h/...").is_ok(), "three dots are a name");
    }

    #[test]
    fn knows_loopback() {
        for (text, loopback) in [
            ("http://localhost:1/", true),
            ("http://127.9.0.1/", true),
            ("http://[::1]/", true),
            ("http://a.localhost/", true),
            ("http://10.0.0.1/", false),
            ("http://localhost.example/", false),
            ("http://127.0.0.1.example/", false),
        ] {
            assert_eq!(parse(text).unwrap().is_loopback(), loopback, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = parse(&text);
            let _ = parse(&format!("https://{text}"));
            let _ = parse(&format!("https://h/{text}"));
        }
    }
}
