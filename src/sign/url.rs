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
            // A name that ends in a number is an IPv4 address in its usual form: that was checked.
            || name.starts_with("127.") && ends_in_a_number(name)
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
        Some(address) => address
            .parse::<std::net::Ipv6Addr>()
            .is_ok_and(|ip| shortest(ip.segments()).eq_ignore_ascii_case(address)),
        None if ends_in_a_number(name) => name.parse::<std::net::Ipv4Addr>().is_ok(),
        None => {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
        }
    };
    if !plain {
        return Err(wrong(
            "has no valid host; an international name must be in its xn-- form, an address in its usual one",
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
            host.push_str(&crate::text::decimal(number.into()));
        }
    }
    Ok(host)
}

/// Whether `fetch` takes the name for an IPv4 address, and would write `127.1` as `127.0.0.1`.
fn ends_in_a_number(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or_default();
    match last.strip_prefix("0x").or_else(|| last.strip_prefix("0X")) {
        Some(hex) => hex.bytes().all(|digit| digit.is_ascii_hexdigit()),
        None => !last.is_empty() && last.bytes().all(|digit| digit.is_ascii_digit()),
    }
}

/// An IPv6 address as the URL standard writes it: the first longest run of zeros is `::`.
fn shortest(segments: [u16; 8]) -> String {
    let run = |at: usize| segments[at..].iter().take_while(|part| **part == 0).count();
    let start = (0..8).rev().max_by_key(|at| run(*at)).unwrap_or_default();
    let cut = if run(start) > 1 {
        start..start + run(start)
    } else {
        8..8
    };
    let mut out = String::new();
    for (at, part) in segments.into_iter().enumerate() {
        if at == cut.start {
            out.push_str("::");
        }
        if cut.contains(&at) {
            continue;
        }
        if at > 0 && at != cut.end {
            out.push(':');
        }
        let digits = (4 - part.leading_zeros() / 4).max(1);
        for digit in (0..digits).rev() {
            let digit = u32::from(part >> (4 * digit)) & 15;
            out.extend(char::from_digit(digit, 16));
        }
    }
    out
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
            // Found by fuzzing: fetch sends these to a host of another name than the one signed.
            "https://85/",
            "https://127.1/",
            "https://0x7f.0.0.1/",
            "https://a.0x/",
            "https://127.0.0.1./",
            "https://010.0.0.1/",
            "https://[0:0:0:0:0:0:0:1]/",
            "https://[::0001]/",
            "https://[1::0:0:1]/",
            "https://[::ffff:1.2.3.4]/",
        ] {
            let error = parse(text).unwrap_err();
            assert!(
                matches!(&*error, crate::error::Problem::InvalidArgument { field, .. } if field == "url"),
                "{text}"
            );
        }
        assert!(parse("https://h/...").is_ok(), "three dots are a name");
        for host in [
            "a.0xg",
            "1.2.3.4",
            "1a",
            "1.com",
            "[::]",
            "[1::]",
            "[::ABCD]",
            "[1:0:2:3:4:5:6:7]",
            "[1::2:0:0:3:4]",
            "[fe80::10:203]",
        ] {
            let text = ["https://", host, "/"].concat();
            assert_eq!(parse(&text).unwrap().host, host.to_lowercase());
        }
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
