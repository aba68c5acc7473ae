//! Reading options by name: the first thing that is wrong is what the caller is told.

use super::NOT_WITH_SERVER;
use crate::error::Error;
use crate::json::Json;
use crate::region::Region;
use crate::retry::Policy;
use crate::sign::{Algorithm, Url};
use crate::text::{concat, printable, signed};

#[inline(never)]
pub(super) fn expected(field: &str, wanted: &str, got: &Json) -> Error {
    Error::invalid(field, &concat(&["must be ", wanted, ", not ", got.kind()]))
}

/// Reads options by name. What is wrong first is kept to the end, so that no reader has to hand an error on.
pub(super) struct Reader<'a> {
    options: &'a Json,
    /// What stands before a name in an error.
    prefix: &'static str,
    pub(super) allow_insecure: bool,
    error: Option<Error>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(options: &'a Json, prefix: &'static str) -> Self {
        Self {
            options,
            prefix,
            allow_insecure: false,
            error: None,
        }
    }

    pub(super) fn end(self) -> Result<(), Error> {
        self.error.map_or(Ok(()), Err)
    }

    #[inline(never)]
    pub(super) fn refuse(&mut self, error: Error) {
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
    pub(super) fn get(&self, name: &str) -> Option<&'a Json> {
        match self.options.get(name) {
            Some(Json::Null) => None,
            given => given,
        }
    }

    #[inline(never)]
    pub(super) fn text(&mut self, name: &str) -> Option<&'a str> {
        match self.get(name)? {
            Json::String(text) if text.is_empty() => self.wrong(name, "is empty"),
            Json::String(text) => return Some(text),
            other => self.unexpected(name, "a string", other),
        }
        None
    }

    pub(super) fn flag(&mut self, name: &str) -> bool {
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
    pub(super) fn integer(&mut self, name: &str, least: i64, most: i64, or: i64) -> i64 {
        match self.get(name) {
            None => {}
            Some(Json::Number(number)) => {
                let integer = *number as i64;
                // NaN, a fraction and what is beyond come back as another number.
                if integer as f64 == *number && (least..=most).contains(&integer) {
                    return integer;
                }
                let (least, most) = (signed(least), signed(most));
                let why = concat(&["must be a whole number from ", &least, " to ", &most]);
                self.wrong(name, &why);
            }
            Some(other) => self.unexpected(name, "a whole number", other),
        }
        or
    }

    pub(super) fn number(&mut self, name: &str, least: i64, most: i64, or: u32) -> u32 {
        self.integer(name, least, most, or.into()) as u32
    }

    pub(super) fn endpoints(&mut self, region: Option<&Region>) -> Vec<String> {
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

    pub(super) fn algorithm(&mut self) -> Algorithm {
        let Some(name) = self.text("algorithm") else {
            return Algorithm::default();
        };
        Algorithm::read(name.as_bytes()).unwrap_or_else(|error| {
            self.refuse(error);
            Algorithm::default()
        })
    }

    pub(super) fn retry(&mut self) -> Policy {
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
    pub(super) fn origin(&mut self, name: &str, text: &str) -> String {
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
    pub(super) fn server(&mut self, region: Option<&str>) -> Option<String> {
        let text = self.text("server")?;
        let address = self.address("server", text);
        for name in [
            "endpoint",
            "iamEndpoint",
            "cesEndpoint",
            "projectId",
            "via",
            "algorithm",
        ] {
            if self.get(name).is_some() {
                self.wrong(name, NOT_WITH_SERVER);
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
    pub(super) fn address(&mut self, name: &str, text: &str) -> String {
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
