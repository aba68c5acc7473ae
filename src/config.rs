//! The options of a client and of a call, as checked values. JavaScript's plain values come in as [`Json`]; what is
//! not plain (functions, signals, credentials) is the boundary's.

mod reader;

use crate::error::Error;
use crate::json::Json;
use crate::operation::{Service, check_project_id};
use crate::region::Region;
use crate::retry::Policy;
use crate::sign::Algorithm;
use crate::suggest::Nearest;
use crate::switchover::Times;
use crate::text::{concat, printable};

use reader::{Reader, expected};

/// What is said of an option that the page's own back end decides.
pub(crate) const NOT_WITH_SERVER: &str = "belongs to the back end; leave it out with server";

/// Names of the options of every call.
static KNOWN: [&str; 21] = [
    "region",
    "endpoint",
    "iamEndpoint",
    "cesEndpoint",
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
    "journal",
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
    /// Origin of Cloud Eye.
    pub ces_endpoint: Option<String>,
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
    pub times: Times,
}

impl Config {
    /// Checks options. `more` are the names of what the call itself takes.
    ///
    /// # Errors
    /// `InvalidArgument` naming the field: an unknown name (with the nearest known one), another kind of value, a value
    /// out of range, neither region nor endpoint.
    pub fn read(options: &Json, more: &[&'static str]) -> Result<Self, Error> {
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
        let mut ces_endpoint = read
            .text("cesEndpoint")
            .map(|text| read.origin("cesEndpoint", text));
        if let Some(region) = known {
            iam_endpoint.get_or_insert_with(|| region.iam_endpoint());
            ces_endpoint.get_or_insert_with(|| region.ces_endpoint());
        }
        let project_id = read.text("projectId");
        if let Some(Err(error)) = project_id.map(check_project_id) {
            read.refuse(error);
        }
        let via = read.text("via").map(|text| read.address("via", text));
        let defaults = Times::default();
        const HOUR_MS: i64 = 3_600_000;
        let config = Self {
            region: region.map(str::to_owned),
            endpoints,
            iam_endpoint,
            ces_endpoint,
            project_id: project_id.map(str::to_owned),
            via,
            to_server,
            algorithm: read.algorithm(),
            timeout_ms: read.number("timeoutMs", 1, 600_000, 30_000),
            retry: read.retry(),
            clock_offset_ms: read.integer("clockOffsetMs", -YEAR_MS, YEAR_MS, 0),
            allow_insecure,
            times: Times {
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

    /// Origins of a service, tried in turn; none where its endpoint is not known.
    pub fn endpoints_of(&self, service: Service) -> &[String] {
        match service {
            Service::Dcs => &self.endpoints,
            Service::Iam => self.iam_endpoint.as_slice(),
            Service::CloudEye => self.ces_endpoint.as_slice(),
        }
    }
}

const YEAR_MS: i64 = 365 * 24 * 3600 * 1000;

/// Refuses a name that is no option: a slip of the keyboard must not go unseen.
fn check_names(options: &Json, more: &[&'static str]) -> Result<(), Error> {
    let Json::Object(members) = options else {
        return Err(expected("options", "an object", options));
    };
    for (name, _) in members {
        if KNOWN.contains(&name.as_str()) || more.iter().any(|known| known == name) {
            continue;
        }
        if matches!(name.as_str(), "ak" | "sk" | "token" | "securityToken") {
            return Err(Error::invalid(name, "belongs into credentials"));
        }
        let mut nearest = Nearest::to(name);
        for known in KNOWN {
            nearest.consider(known);
        }
        for known in more {
            nearest.consider(known);
        }
        let why = concat(&["is not an option here; did you mean ", nearest.name, "?"]);
        return Err(Error::invalid(&printable(name), &why));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn read(text: &str) -> Result<Config, Error> {
        Config::read(&serde_json::from_str(text).unwrap(), &["instanceId"])
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
        assert_eq!(config.times, Times::default());
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
                Err(error) => match error.kind() {
                    ErrorKind::InvalidArgument {
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
