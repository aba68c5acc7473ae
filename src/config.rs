//! The options of a client and of a call, as checked values. JavaScript's plain values come in as [`Json`]; what is
//! not plain (functions, signals, credentials) is the boundary's.

use crate::error::Error;
use crate::json::Json;
use crate::operation::check_project_id;
use crate::region::{Region, nearest};
use crate::retry::Policy;
use crate::sign::{Algorithm, Url};
use crate::switchover;
use crate::text::{decimal, printable};

/// Names of the options that are plain values.
const PLAIN: [&str; 13] = [
    "region",
    "endpoint",
    "iamEndpoint",
    "projectId",
    "via",
    "algorithm",
    "timeoutMs",
    "retry",
    "clockOffsetMs",
    "allowInsecure",
    "intervalMs",
    "followTimeoutMs",
    "verifyTimeoutMs",
];

/// Names of the options that are not plain values.
pub const SPECIAL: [&str; 5] = ["credentials", "signer", "signal", "fetch", "onEvent"];

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
    /// Checks options. `more` are the names that the call itself takes.
    ///
    /// # Errors
    /// `InvalidArgument` naming the field: an unknown name (with the nearest known ones), another kind of value, a value
    /// out of range, neither region nor endpoint.
    pub fn read(options: &Json, more: &[&str]) -> Result<Self, Error> {
        check_names(options, more)?;
        let fields = Fields(options);
        let allow_insecure = fields.bool("allowInsecure")?.unwrap_or(false);
        let origin = |field, text: &str| origin(field, text, allow_insecure);
        let region = fields.text("region")?;
        let endpoints = match options.get("endpoint") {
            None | Some(Json::Null) => match region {
                Some(id) => vec![Region::find(id)?.dcs_endpoint()],
                None => {
                    return Err(Error::invalid(
                        "region",
                        "is missing; give region, for example cn-north-4, or endpoint",
                    ));
                }
            },
            Some(Json::String(text)) => vec![origin("endpoint", text)?],
            Some(Json::Array(list)) if !list.is_empty() => list
                .iter()
                .map(|item| match item {
                    Json::String(text) => origin("endpoint", text),
                    other => Err(expected("endpoint", "a list of strings", other)),
                })
                .collect::<Result<_, _>>()?,
            Some(other) => {
                return Err(expected("endpoint", "a string or a list of strings", other));
            }
        };
        let iam_endpoint = match (fields.text("iamEndpoint")?, region) {
            (Some(text), _) => Some(origin("iamEndpoint", text)?),
            (None, Some(id)) => Region::find(id).ok().map(|region| region.iam_endpoint()),
            (None, None) => None,
        };
        let project_id = fields.text("projectId")?;
        if let Some(id) = project_id {
            check_project_id(id)?;
        }
        let defaults = switchover::Options::default();
        let ms = |name, least, most, or: u32| fields.integer(name, least, most, or.into());
        Ok(Self {
            region: region.map(str::to_owned),
            endpoints,
            iam_endpoint,
            project_id: project_id.map(str::to_owned),
            via: fields
                .text("via")?
                .map(|text| via(text, allow_insecure))
                .transpose()?,
            algorithm: fields.algorithm()?,
            timeout_ms: ms("timeoutMs", 1, 600_000, 30_000)? as u32,
            retry: retry(options.get("retry"))?,
            clock_offset_ms: fields.integer("clockOffsetMs", -YEAR_MS, YEAR_MS, 0)?,
            allow_insecure,
            switchover: switchover::Options {
                interval_ms: ms("intervalMs", 50, 60_000, defaults.interval_ms)? as u32,
                follow_timeout_ms: ms("followTimeoutMs", 1, 3_600_000, defaults.follow_timeout_ms)?
                    as u32,
                verify_timeout_ms: ms("verifyTimeoutMs", 1, 3_600_000, defaults.verify_timeout_ms)?
                    as u32,
            },
        })
    }
}

const YEAR_MS: i64 = 365 * 24 * 3600 * 1000;

/// Refuses a name that is no option: a slip of the keyboard must not go unseen.
fn check_names(options: &Json, more: &[&str]) -> Result<(), Error> {
    let members = match options {
        Json::Object(members) => members,
        other => return Err(expected("options", "an object", other)),
    };
    let known = || PLAIN.iter().chain(&SPECIAL).chain(more).copied();
    match members
        .iter()
        .find(|(name, _)| !known().any(|own| own == name))
    {
        None => Ok(()),
        Some((name, _)) => {
            let name = printable(name);
            let near = nearest(&name, known()).first().copied().unwrap_or_default();
            Err(Error::invalid(
                &name,
                &["is not an option here; did you mean ", near, "?"].concat(),
            ))
        }
    }
}

fn expected(field: &str, wanted: &str, got: &Json) -> Error {
    Error::invalid(field, &["must be ", wanted, ", not ", got.kind()].concat())
}

/// A whole number that may be negative.
fn signed(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    [sign, &decimal(number.unsigned_abs())].concat()
}

/// Options by name.
struct Fields<'a>(&'a Json);

impl<'a> Fields<'a> {
    fn get(&self, name: &str) -> Option<&'a Json> {
        self.0.get(name).filter(|value| **value != Json::Null)
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, Error> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(Json::String(_)) => Err(Error::invalid(name, "is empty")),
            Some(other) => Err(expected(name, "a string", other)),
        }
    }

    fn bool(&self, name: &str) -> Result<Option<bool>, Error> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::Bool(value)) => Ok(Some(*value)),
            Some(other) => Err(expected(name, "true or false", other)),
        }
    }

    fn integer(&self, name: &str, least: i64, most: i64, or: i64) -> Result<i64, Error> {
        match self.get(name) {
            None => Ok(or),
            // NaN compares false, so it is refused too.
            Some(Json::Number(number))
                if number.fract() == 0.0 && *number >= least as f64 && *number <= most as f64 =>
            {
                Ok(*number as i64)
            }
            Some(Json::Number(_)) => Err(Error::invalid(
                name,
                &[
                    "must be a whole number from ",
                    &signed(least),
                    " to ",
                    &signed(most),
                ]
                .concat(),
            )),
            Some(other) => Err(expected(name, "a whole number", other)),
        }
    }

    fn algorithm(&self) -> Result<Algorithm, Error> {
        let Some(name) = self.text("algorithm")? else {
            return Ok(Algorithm::default());
        };
        Algorithm::from_name(name).ok_or_else(|| {
            let known: Vec<_> = Algorithm::ALL
                .iter()
                .map(|algorithm| algorithm.name())
                .collect();
            Error::invalid(
                "algorithm",
                &["must be one of ", &known.join(", ")].concat(),
            )
        })
    }
}

fn retry(value: Option<&Json>) -> Result<Policy, Error> {
    let default = Policy::default();
    match value {
        None | Some(Json::Null | Json::Bool(true)) => Ok(default),
        Some(Json::Bool(false)) => Ok(Policy::NEVER),
        Some(object @ Json::Object(members)) => {
            const NAMES: [&str; 4] = ["maxAttempts", "maxElapsedMs", "baseDelayMs", "maxDelayMs"];
            if let Some((name, _)) = members.iter().find(|(name, _)| !NAMES.contains(&&**name)) {
                let name = printable(name);
                let why = ["is not an option of retry; there are ", &NAMES.join(", ")].concat();
                return Err(Error::invalid(&["retry.", &name].concat(), &why));
            }
            let number = |name: &str, least, most, or: u32| {
                Fields(object)
                    .integer(name, least, most, or.into())
                    .map(|n| n as u32)
                    .map_err(|error| match error {
                        Error::InvalidArgument { field, message } => {
                            Error::invalid(&["retry.", &field].concat(), &message)
                        }
                        other => other,
                    })
            };
            Ok(Policy {
                max_attempts: number(NAMES[0], 1, 10, default.max_attempts)?,
                max_elapsed_ms: number(NAMES[1], 0, 3_600_000, default.max_elapsed_ms)?,
                base_delay_ms: number(NAMES[2], 0, 60_000, default.base_delay_ms)?,
                max_delay_ms: number(NAMES[3], 0, 60_000, default.max_delay_ms)?,
            })
        }
        Some(other) => Err(expected("retry", "an object or false", other)),
    }
}

/// The origin of an endpoint; nothing may follow it.
fn origin(field: &str, text: &str, allow_insecure: bool) -> Result<String, Error> {
    let url = Url::parse(text, field)?;
    check_transport(field, &url, allow_insecure)?;
    if url.path != b"/" || !url.query.is_empty() || text.contains('#') {
        return Err(Error::invalid(
            field,
            "must be an origin, https://host[:port], and no more",
        ));
    }
    Ok(url.origin())
}

/// Refuses plain http to anything but this machine.
pub fn check_transport(field: &str, url: &Url<'_>, allow_insecure: bool) -> Result<(), Error> {
    if url.scheme == "http" && !url.is_loopback() && !allow_insecure {
        return Err(Error::invalid(
            field,
            "is plain http; use https, or set allowInsecure for a test",
        ));
    }
    Ok(())
}

fn via(text: &str, allow_insecure: bool) -> Result<String, Error> {
    let wrong = |why| Err(Error::invalid("via", why));
    if text.contains(['?', '#']) {
        return wrong("must have no query and no fragment");
    }
    if text.starts_with('/') {
        // "//host" is another origin, and "/\" too; a dot segment is what fetch would remove.
        let absolute = ["https://page", text].concat();
        let same_origin = !text.starts_with("//") && Url::parse(&absolute, "via").is_ok();
        if !same_origin {
            return wrong("must be a plain path of the page's origin, for example /dcs-proxy");
        }
    } else {
        check_transport("via", &Url::parse(text, "via")?, allow_insecure)?;
    }
    Ok(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

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
                "no more",
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
            (
                r#"{"region":"cn-north-4","allowInsecure":1}"#,
                "allowInsecure",
                "true or false",
            ),
        ] {
            match read(text) {
                Err(Error::InvalidArgument {
                    field: own,
                    message,
                }) => {
                    assert_eq!(own, field, "{text}");
                    assert!(message.contains(part), "{text}: {message}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
