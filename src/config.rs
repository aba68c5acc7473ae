//! The options of a client and of a call, as checked values. JavaScript's plain values come in as [`Json`]; what is
//! not plain (functions, signals, credentials) is the boundary's.

use crate::error::Error;
use crate::json::Json;
use crate::operation::{Param, check_project_id};
use crate::region::Region;
use crate::retry::Policy;
use crate::sign::{Algorithm, Url};
use crate::switchover;
use crate::text::{Nearest, concat, printable, signed};

/// Names of the options of every call.
static KNOWN: [&str; 19] = [
    "region",
    "endpoint",
    "iamEndpoint",
    "projectId",
    "via",
    "server",
    "algorithm",
    "timeoutMs",
    "retry",
    "clockOffsetMs",
    "allowInsecure",
    "intervalMs",
    "followTimeoutMs",
    "verifyTimeoutMs",
    // Those that are not plain values: the boundary reads them.
    "credentials",
    "signer",
    "signal",
    "fetch",
    "onEvent",
];

/// Checked options.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The region's id, as given; needed to look up a project id and for V11.
    pub region: Option<String>,
    /// Origins of DCS, at least one; without a trailing slash.
    pub endpoints: Vec<String>,
    /// Origin of IAM.
    pub iam_endpoint: Option<String>,
    /// Checked.
    pub project_id: Option<String>,
    /// Where requests are sent instead, without a trailing slash: a path of the page's origin, or a URL.
    pub via: Option<String>,
    /// Whether requests go to the page's own back end, which signs and knows the project: the endpoint is its address.
    pub to_server: bool,
    /// How requests are signed.
    pub algorithm: Algorithm,
    /// For one attempt, in milliseconds.
    pub timeout_ms: u32,
    /// How reads are repeated.
    pub retry: Policy,
    /// Added to this machine's clock, in milliseconds.
    pub clock_offset_ms: i64,
    /// Plain http to hosts other than loopback.
    pub allow_insecure: bool,
    /// Times of following and verifying.
    pub switchover: switchover::Options,
}

impl Config {
    /// Checks options. `more` is what the call itself takes.
    ///
    /// # Errors
    /// `InvalidArgument` naming the field: an unknown name (with the nearest known ones), another kind of value, a value
    /// out of range, neither region nor endpoint.
    pub fn read(options: &Json, more: &[Param]) -> Result<Self, Error> {
        check_names(options, more)?;
        let mut read = Reader::new(options, "");
        let allow_insecure = read.flag("allowInsecure");
        read.allow_insecure = allow_insecure;
        let region = read.text("region");
        let server = read.server(region);
        let known = region
            .filter(|_| server.is_none())
            .and_then(|id| match Region::find(id) {
                Ok(region) => Some(region),
                // Of an unknown region the endpoint must be given.
                Err(error) => {
                    if read.get("endpoint").is_none() {
                        read.refuse(error);
                    }
                    None
                }
            });
        let to_server = server.is_some();
        let endpoints = match server {
            Some(address) => vec![address],
            None => read.endpoints(known),
        };
        let mut iam_endpoint = read
            .text("iamEndpoint")
            .map(|text| read.origin("iamEndpoint", text));
        if let (None, Some(region)) = (&iam_endpoint, known) {
            iam_endpoint = Some(region.iam_endpoint());
        }
        let project_id = read.text("projectId");
        if let Some(Err(error)) = project_id.map(check_project_id) {
            read.refuse(error);
        }
        let via = read.text("via").map(|text| read.address("via", text));
        let defaults = switchover::Options::default();
        const HOUR_MS: i64 = 3_600_000;
        let config = Self {
            region: region.map(str::to_owned),
            endpoints,
            iam_endpoint,
            project_id: project_id.map(str::to_owned),
            via,
            to_server,
            algorithm: read.algorithm(),
            timeout_ms: read.number("timeoutMs", 1, 600_000, 30_000),
            retry: read.retry(),
            clock_offset_ms: read.whole("clockOffsetMs", -YEAR_MS, YEAR_MS, 0),
            allow_insecure,
            switchover: switchover::Options {
                interval_ms: read.number("intervalMs", 50, 60_000, defaults.interval_ms),
                follow_timeout_ms: read.number(
                    "followTimeoutMs",
                    1,
                    HOUR_MS,
                    defaults.follow_timeout_ms,
                ),
                verify_timeout_ms: read.number(
                    "verifyTimeoutMs",
                    1,
                    HOUR_MS,
                    defaults.verify_timeout_ms,
                ),
            },
        };
        read.end().map(|()| config)
    }
}

const YEAR_MS: i64 = 365 * 24 * 3600 * 1000;

/// Refuses a name that is no option: a slip of the keyboard must not go unseen.
fn check_names(options: &Json, more: &[Param]) -> Result<(), Error> {
    let Json::Object(members) = options else {
        return Err(expected("options", "an object", options));
    };
    for (name, _) in members {
        if KNOWN.contains(&name.as_str()) || more.iter().any(|param| param.name == name) {
            continue;
        }
        let mut nearest = Nearest::to(name);
        for known in KNOWN {
            nearest.meet(known);
        }
        for param in more {
            nearest.meet(param.name);
        }
        let why = concat(&["is not an option here; did you mean ", nearest.name, "?"]);
        return Err(Error::invalid(&printable(name), &why));
    }
    Ok(())
}

#[inline(never)]
fn expected(field: &str, wanted: &str, got: &Json) -> Error {
    Error::invalid(field, &concat(&["must be ", wanted, ", not ", got.kind()]))
}

/// Reads options by name. What is wrong first is kept to the end, so that no reader has to hand an error on.
struct Reader<'a> {
    options: &'a Json,
    /// What stands before a name in an error.
    prefix: &'static str,
    allow_insecure: bool,
    error: Option<Error>,
}

impl<'a> Reader<'a> {
    fn new(options: &'a Json, prefix: &'static str) -> Self {
        Self {
            options,
            prefix,
            allow_insecure: false,
            error: None,
        }
    }

    fn end(self) -> Result<(), Error> {
        self.error.map_or(Ok(()), Err)
    }

    #[inline(never)]
    fn refuse(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    #[inline(never)]
    fn wrong(&mut self, name: &str, why: &str) {
        let field = concat(&[self.prefix, name]);
        self.refuse(Error::invalid(&field, why));
    }

    #[inline(never)]
    fn unexpected(&mut self, name: &str, wanted: &str, got: &Json) {
        let field = concat(&[self.prefix, name]);
        self.refuse(expected(&field, wanted, got));
    }

    #[inline(never)]
    fn get(&self, name: &str) -> Option<&'a Json> {
        match self.options.get(name) {
            Some(Json::Null) => None,
            given => given,
        }
    }

    #[inline(never)]
    fn text(&mut self, name: &str) -> Option<&'a str> {
        match self.get(name)? {
            Json::String(text) if text.is_empty() => self.wrong(name, "is empty"),
            Json::String(text) => return Some(text),
            other => self.unexpected(name, "a string", other),
        }
        None
    }

    fn flag(&mut self, name: &str) -> bool {
        match self.get(name) {
            None => false,
            Some(Json::Bool(value)) => *value,
            Some(other) => {
                self.unexpected(name, "true or false", other);
                false
            }
        }
    }

    #[inline(never)]
    fn whole(&mut self, name: &str, least: i64, most: i64, or: i64) -> i64 {
        match self.get(name) {
            None => {}
            Some(Json::Number(number)) => {
                let whole = *number as i64;
                // NaN, a fraction and what is beyond come back as another number.
                if whole as f64 == *number && (least..=most).contains(&whole) {
                    return whole;
                }
                let (least, most) = (signed(least), signed(most));
                let why = concat(&["must be a whole number from ", &least, " to ", &most]);
                self.wrong(name, &why);
            }
            Some(other) => self.unexpected(name, "a whole number", other),
        }
        or
    }

    fn number(&mut self, name: &str, least: i64, most: i64, or: u32) -> u32 {
        self.whole(name, least, most, or.into()) as u32
    }

    fn endpoints(&mut self, region: Option<&Region>) -> Vec<String> {
        let mut endpoints = Vec::new();
        let list = match self.get("endpoint") {
            None => {
                match region {
                    Some(region) => endpoints.push(region.dcs_endpoint()),
                    None => self.wrong("region", "is missing; give region or endpoint"),
                }
                return endpoints;
            }
            Some(Json::Array(list)) => list.as_slice(),
            Some(one) => std::slice::from_ref(one),
        };
        let mut stranger = (list.is_empty()).then_some(&Json::Null);
        for item in list {
            match item {
                Json::String(text) => endpoints.push(self.origin("endpoint", text)),
                other => stranger = Some(other),
            }
        }
        if let Some(stranger) = stranger {
            self.unexpected("endpoint", "a string or a list of strings", stranger);
        }
        endpoints
    }

    fn algorithm(&mut self) -> Algorithm {
        let Some(name) = self.text("algorithm") else {
            return Algorithm::default();
        };
        Algorithm::read(name.as_bytes()).unwrap_or_else(|error| {
            self.refuse(error);
            Algorithm::default()
        })
    }

    fn retry(&mut self) -> Policy {
        let default = Policy::default();
        let object = match self.get("retry") {
            None | Some(Json::Bool(true)) => return default,
            Some(Json::Bool(false)) => return Policy::NEVER,
            Some(object) => object,
        };
        let mut read = Reader::new(object, "retry.");
        match object {
            Json::Object(members) => {
                for (name, _) in members {
                    if !RETRY.contains(&name.as_str()) {
                        let why = concat(&["is not an option of retry; there are ", RETRY_NAMES]);
                        read.wrong(&printable(name), &why);
                    }
                }
            }
            other => self.unexpected("retry", "an object or false", other),
        }
        let policy = Policy {
            max_attempts: read.number(RETRY[0], 1, 10, default.max_attempts),
            max_elapsed_ms: read.number(RETRY[1], 0, 3_600_000, default.max_elapsed_ms),
            base_delay_ms: read.number(RETRY[2], 0, 60_000, default.base_delay_ms),
            max_delay_ms: read.number(RETRY[3], 0, 60_000, default.max_delay_ms),
        };
        if let Err(error) = read.end() {
            self.refuse(error);
        }
        policy
    }

    /// The origin of an endpoint; nothing may follow it.
    #[inline(never)]
    fn origin(&mut self, name: &str, text: &str) -> String {
        match Url::parse(text, name) {
            Err(error) => self.refuse(error),
            Ok(url) => {
                self.check_transport(name, &url);
                if url.path != b"/" || !url.query.is_empty() || text.as_bytes().contains(&b'#') {
                    self.wrong(name, "must be an origin: https://host[:port]");
                }
                return url.origin();
            }
        }
        String::new()
    }

    /// Refuses plain http to anything but this machine.
    fn check_transport(&mut self, name: &str, url: &Url<'_>) {
        if url.scheme == "http" && !url.is_loopback() && !self.allow_insecure {
            self.wrong(
                name,
                "is plain http; use https, or set allowInsecure for a test",
            );
        }
    }

    /// The address of the page's own back end, that of the region if one is named; none without `server`. What the back end
    /// decides is refused beside it.
    fn server(&mut self, region: Option<&str>) -> Option<String> {
        let text = self.text("server")?;
        let address = self.address("server", text);
        for name in ["endpoint", "iamEndpoint", "projectId", "via", "algorithm"] {
            if self.get(name).is_some() {
                self.wrong(
                    name,
                    "is the affair of the back end; leave it out with server",
                );
            }
        }
        let Some(region) = region else {
            return Some(address);
        };
        // It becomes a part of the path.
        let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !region.bytes().all(is_of_id) {
            self.wrong("region", "must be an id, for example cn-north-4");
        }
        Some(concat(&[&address, "/", region]))
    }

    /// A path of the page's origin, or an absolute URL; without the slashes at its end.
    fn address(&mut self, name: &str, text: &str) -> String {
        let bytes = text.as_bytes();
        if bytes.contains(&b'?') || bytes.contains(&b'#') {
            self.wrong(name, "must have no query and no fragment");
        }
        if bytes.first() == Some(&b'/') {
            // "//host" is another origin, and "/\" too; a dot segment is what fetch would remove.
            let absolute = concat(&["https://page", text]);
            if bytes.get(1) == Some(&b'/') || Url::parse(&absolute, name).is_err() {
                self.wrong(name, "must be a plain path, for example /dcs");
            }
        } else {
            match Url::parse(text, name) {
                Ok(url) => self.check_transport(name, &url),
                Err(error) => self.refuse(error),
            }
        }
        let mut end = text.len();
        while end > 0 && bytes[end - 1] == b'/' {
            end -= 1;
        }
        text[..end].to_owned()
    }
}

static RETRY: [&str; 4] = ["maxAttempts", "maxElapsedMs", "baseDelayMs", "maxDelayMs"];
const RETRY_NAMES: &str = "maxAttempts, maxElapsedMs, baseDelayMs, maxDelayMs";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problem;
    use crate::operation::show_instance;

    fn read(text: &str) -> Result<Config, Error> {
        Config::read(
            &serde_json::from_str(text).unwrap(),
            show_instance::OPERATION.params,
        )
    }

    #[test]
    fn defaults_are_those_of_the_papers() {
        let config = read(r#"{"region":"cn-north-4","projectId":null,"instanceId":7}"#).unwrap();
        assert_eq!(
            config.endpoints,
            ["https://dcs.cn-north-4.myhuaweicloud.com"]
        );
        let iam = config.iam_endpoint.as_deref();
        assert_eq!(iam, Some("https://iam.cn-north-4.myhuaweicloud.com"));
        assert_eq!(config.timeout_ms, 30_000);
        assert_eq!(
            (config.retry, config.algorithm),
            (Policy::default(), Algorithm::SdkHmacSha256)
        );
        assert_eq!(config.switchover, switchover::Options::default());
    }

    #[test]
    fn what_is_given_is_taken() {
        let config = read(
            r#"{"endpoint":["http://localhost:1","https://b.example:443/"],"via":"/p/","timeoutMs":5,"retry":{"maxAttempts":1},
                "clockOffsetMs":-1200000,"algorithm":"SDK-HMAC-SM3","region":"xx-new-1"}"#,
        )
        .unwrap();
        assert_eq!(
            config.endpoints,
            ["http://localhost:1", "https://b.example"]
        );
        assert_eq!(config.via.as_deref(), Some("/p"));
        assert_eq!((config.timeout_ms, config.clock_offset_ms), (5, -1_200_000));
        assert_eq!(
            (config.retry.max_attempts, config.algorithm),
            (1, Algorithm::SdkHmacSm3)
        );
        assert_eq!(config.iam_endpoint, None, "of an unknown region");
        assert_eq!(
            read(r#"{"region":"cn-north-4","retry":false}"#)
                .unwrap()
                .retry,
            Policy::NEVER
        );
    }

    #[test]
    fn a_back_end_of_the_page_takes_the_place_of_an_endpoint() {
        let config = read(r#"{"server":"/dcs/"}"#).unwrap();
        assert_eq!(
            (config.to_server, config.endpoints),
            (true, vec!["/dcs".to_owned()])
        );
        let config = read(r#"{"server":"https://ops.example/dcs","region":"xx-new-1"}"#).unwrap();
        assert_eq!(config.endpoints, ["https://ops.example/dcs/xx-new-1"]);
        assert!(!read(r#"{"region":"cn-north-4"}"#).unwrap().to_server);
    }

    #[test]
    fn refuses_by_field() {
        for (text, field, part) in [
            ("{}", "region", "is missing"),
            ("7", "options", "an object, not a number"),
            (
                r#"{"regoin":"cn-north-4"}"#,
                "regoin",
                "did you mean region?",
            ),
            (
                r#"{"region":"cn-north-4","instnaceId":"x"}"#,
                "instnaceId",
                "did you mean instanceId?",
            ),
            (r#"{"region":7}"#, "region", "a string, not a number"),
            (r#"{"region":""}"#, "region", "is empty"),
            (r#"{"region":"cn-nroth-4"}"#, "region", "cn-north-4"),
            (
                r#"{"endpoint":"http://example.com"}"#,
                "endpoint",
                "plain http",
            ),
            (
                r#"{"endpoint":"https://example.com/v2"}"#,
                "endpoint",
                "an origin",
            ),
            (r#"{"endpoint":[]}"#, "endpoint", "a list of strings"),
            (r#"{"endpoint":[7]}"#, "endpoint", "a list of strings"),
            (
                r#"{"endpoint":"dcs.example.com"}"#,
                "endpoint",
                "absolute URL",
            ),
            (
                r#"{"region":"cn-north-4","iamEndpoint":"ftp://x"}"#,
                "iamEndpoint",
                "absolute URL",
            ),
            (
                r#"{"region":"cn-north-4","projectId":"x"}"#,
                "projectId",
                "32 lower-case",
            ),
            (
                r#"{"region":"cn-north-4","timeoutMs":0}"#,
                "timeoutMs",
                "1 to 600000",
            ),
            (
                r#"{"region":"cn-north-4","timeoutMs":1.5}"#,
                "timeoutMs",
                "whole number",
            ),
            (
                r#"{"region":"cn-north-4","timeoutMs":"9"}"#,
                "timeoutMs",
                "not a string",
            ),
            (
                r#"{"region":"cn-north-4","retry":3}"#,
                "retry",
                "an object or false",
            ),
            (
                r#"{"region":"cn-north-4","retry":{"max":3}}"#,
                "retry.max",
                "maxAttempts",
            ),
            (
                r#"{"region":"cn-north-4","retry":{"maxAttempts":0}}"#,
                "retry.maxAttempts",
                "1 to 10",
            ),
            (
                r#"{"region":"cn-north-4","algorithm":"MD5"}"#,
                "algorithm",
                "SDK-HMAC-SM3",
            ),
            (
                r#"{"region":"cn-north-4","via":"//evil.example"}"#,
                "via",
                "plain path",
            ),
            (
                r#"{"region":"cn-north-4","via":"/a/../b"}"#,
                "via",
                "plain path",
            ),
            (r#"{"region":"cn-north-4","via":"/a?b"}"#, "via", "no query"),
            (
                r#"{"region":"cn-north-4","via":"http://proxy.example"}"#,
                "via",
                "plain http",
            ),
            (r#"{"server":"//evil.example"}"#, "server", "plain path"),
            (r#"{"server":"dcs"}"#, "server", "absolute URL"),
            (r#"{"server":"/dcs","via":"/p"}"#, "via", "leave it out"),
            (
                r#"{"server":"/dcs","endpoint":"https://a.example"}"#,
                "endpoint",
                "leave it out",
            ),
            (r#"{"server":"/dcs","region":"../x"}"#, "region", "an id"),
            (
                r#"{"server":"http://ops.example/dcs"}"#,
                "server",
                "plain http",
            ),
            (
                r#"{"region":"cn-north-4","allowInsecure":1}"#,
                "allowInsecure",
                "true or false",
            ),
        ] {
            match read(text) {
                Err(error) => match &*error {
                    Problem::InvalidArgument {
                        field: own,
                        message,
                    } => {
                        assert_eq!(own, field, "{text}");
                        assert!(message.contains(part), "{text}: {message}");
                    }
                    other => panic!("{text}: {other:?}"),
                },
                Ok(config) => panic!("{text}: {config:?}"),
            }
        }
    }
}
