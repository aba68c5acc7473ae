//! One call with fetch and timers, turn by turn: each turn takes what the last wait came to, and ends with the next wait
//! or with the end of the call.

use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use web_sys::Request;

use super::client::{Task, Work};
use super::context::{self, Context, Source};
use super::error::{Fail, How};
use super::platform::{self, Act, Came, Ended, now_ms, random};
use super::sign::Credential;
use crate::call::{Call, Step};
use crate::credential::Credential as Core;
use crate::error::Error;
use crate::http::{Failure, Response, RetryAfter};
use crate::json::Json;
use crate::operation::{Operation, list_projects};
use crate::sign::{
    Algorithm, Headers, Payload, Prepared, Scope, SdkDate, Unsigned, Url, header, to_byte_string,
};
use crate::text::concat;

/// Stands for the project id when arguments are checked before it is known.
const ANY_PROJECT: &str = "00000000000000000000000000000000";
const SERVICE: &str = "dcs";

/// What a call waits for.
#[derive(Clone, Copy)]
enum Awaiting {
    Nothing,
    Credential,
    Project,
    Pause,
    /// Until the service throttles this client no longer.
    Held,
    Signer,
    Answer,
}

/// How a turn ended.
pub enum Turn {
    /// With a wait.
    Await(Promise),
    /// With what the task resolves to.
    Done(JsValue),
}

impl Turn {
    /// Begins a wait.
    pub fn begin(act: Act, context: &Context, ms: u32, value: &JsValue) -> Self {
        Self::Await(act.begin(&context.room, ms, value))
    }

    /// Begins a pause.
    pub fn pause(context: &Context, ms: u32) -> Self {
        Self::begin(Act::Pause, context, ms, &JsValue::UNDEFINED)
    }
}

/// A call under way.
pub struct Calling {
    pub call: Call,
    args: Json,
    awaiting: Awaiting,
    credential: Option<Credential>,
    /// Empty for IAM, and until it is known.
    project: String,
    /// Path and query; empty until the project is known.
    path: String,
    /// Of the attempt under way.
    endpoint: usize,
    sent_ms: i64,
    throttled: bool,
    /// What stands behind the error of the last attempt.
    how: How,
    /// The answer of a call that has ended well.
    pub response: Response,
}

impl Calling {
    /// A call not yet begun.
    pub fn new(context: &Context, operation: &'static Operation, args: Json) -> Self {
        let config = &context.config;
        let found = context.shared.clock_offset_ms.get();
        let offset = found.unwrap_or(config.clock_offset_ms);
        let endpoints = config.endpoints.len();
        Self {
            call: Call::new(operation, config.retry, endpoints, now_ms(), offset),
            args,
            awaiting: Awaiting::Nothing,
            credential: None,
            project: String::new(),
            path: String::new(),
            endpoint: 0,
            sent_ms: 0,
            throttled: false,
            how: How::Plain,
            response: Response::default(),
        }
    }

    /// Takes what came, and begins the next wait, or ends.
    pub fn turn(&mut self, context: &Context, came: &Came) -> Result<Turn, Fail> {
        if came.ended == Ended::Abort {
            return Err(Fail::aborted());
        }
        match self.awaiting {
            Awaiting::Nothing => {
                self.path_of(ANY_PROJECT)?;
                context.check_ready()?;
                self.ask_credential(context)
            }
            Awaiting::Credential => {
                self.credential = Some(context::provided(came)?);
                self.find_project(context)
            }
            Awaiting::Project => {
                match came.ended {
                    Ended::Value => self.project = came.text().to_owned(),
                    Ended::Thrown => return Err(context::made(came)),
                    _ => {
                        return Err(Error::timeout(context.config.timeout_ms).into());
                    }
                }
                self.path = self.path_of(&self.project)?;
                self.next(context)
            }
            Awaiting::Pause => self.ask_credential(context),
            Awaiting::Held => self.next(context),
            Awaiting::Signer => self.send(context, &context::signed(came)?),
            Awaiting::Answer => {
                self.answered(context, came);
                self.next(context)
            }
        }
    }

    /// The project id, when the call that looks it up has ended.
    pub fn project(&self, context: &Context, turn: Turn) -> Result<Turn, Fail> {
        match (turn, &self.response.json) {
            (Turn::Done(_), Some(json)) => {
                let region = context.config.region.as_deref().unwrap_or_default();
                let id = list_projects::only_project(json, region)?;
                Ok(Turn::Done(id.into()))
            }
            (turn, _) => Ok(turn),
        }
    }

    fn path_of(&self, project: &str) -> Result<String, Error> {
        self.call.operation().path_and_query(project, &self.args)
    }

    fn ask_credential(&mut self, context: &Context) -> Result<Turn, Fail> {
        match &context.source {
            Source::Provider => {
                self.awaiting = Awaiting::Credential;
                return Ok(Turn::Await(context.ask_provider()));
            }
            Source::Held(credential) => self.credential = Some(credential.clone()),
            _ => {}
        }
        self.find_project(context)
    }

    fn find_project(&mut self, context: &Context) -> Result<Turn, Fail> {
        if self.path.is_empty() {
            if self.call.operation() != &list_projects::OPERATION {
                match context.project_id(self.credential.as_ref())? {
                    Ok(id) => self.project = id,
                    Err(key) => {
                        self.awaiting = Awaiting::Project;
                        let found = look_up(context, &key);
                        let ms = context.config.timeout_ms;
                        return Ok(Turn::begin(Act::Project, context, ms, &found));
                    }
                }
            }
            self.path = self.path_of(&self.project)?;
        }
        self.next(context)
    }

    /// What the machine asks for.
    fn next(&mut self, context: &Context) -> Result<Turn, Fail> {
        let not_before = &context.shared.not_before_ms;
        match self.call.step() {
            Step::Done(Ok(response)) => {
                self.response = response;
                Ok(Turn::Done(platform::value(&context.room)))
            }
            Step::Done(Err(error)) => Err(Fail {
                error,
                how: self.how,
            }),
            Step::Wait { ms } => {
                let reason = if self.throttled {
                    not_before.set(not_before.get().max(now_ms() + i64::from(ms)));
                    "throttled"
                } else {
                    "failed"
                };
                let mut event = self.event("retry");
                event.add_number("delayMs", ms.into());
                event.add_text("reason", reason);
                context.tell(&event);
                self.pause(context, Awaiting::Pause, ms)
            }
            Step::Send { endpoint } => {
                let held = not_before.get() - now_ms();
                if held > 0 {
                    return self.pause(context, Awaiting::Held, held as u32);
                }
                self.endpoint = endpoint;
                self.sign(context)
            }
        }
    }

    fn pause(&mut self, context: &Context, awaiting: Awaiting, ms: u32) -> Result<Turn, Fail> {
        self.awaiting = awaiting;
        Ok(Turn::pause(context, ms))
    }

    /// An event of this call.
    fn event(&self, kind: &str) -> Json {
        let mut event = Json::object();
        event.add_text("type", kind);
        event.add_text("operation", self.call.operation().name);
        event.add_number("attempt", self.call.attempts().into());
        event
    }

    /// The URL of the attempt: the real one, which is signed, or that of the proxy where it is sent.
    fn url(&self, context: &Context, sent: bool) -> Result<String, Error> {
        let config = &context.config;
        let origin = match (&config.via, self.project.is_empty()) {
            (Some(via), false) if sent => Some(via),
            (_, false) => config.endpoints.get(self.endpoint),
            (_, true) => config.iam_endpoint.as_ref(),
        };
        let origin = origin.ok_or_else(|| Error::invalid("endpoint", "is missing"))?;
        Ok(concat(&[origin, &self.path]))
    }

    /// Signs, and sends; or asks a remote signer.
    fn sign(&mut self, context: &Context) -> Result<Turn, Fail> {
        let mut headers = Headers::default();
        if !self.project.is_empty() {
            headers.set(header::CONTENT_TYPE, "application/json".to_owned());
            headers.set(header::X_PROJECT_ID, self.project.clone());
        }
        let credential = self.credential.clone();
        let key = match credential.as_ref().map(|credential| &credential.0.core) {
            Some(Core::Token(token)) => {
                headers.set(header::X_AUTH_TOKEN, token.expose().to_owned());
                return self.send(context, &headers);
            }
            Some(Core::AccessKey(key)) => Some(key),
            None => None,
        };
        if let Some(token) = key.and_then(|key| key.security_token()) {
            headers.set(header::X_SECURITY_TOKEN, token.expose().to_owned());
        }
        let config = &context.config;
        // The official cores look a project id up without the derived key.
        let derived = config.algorithm == Algorithm::V11HmacSha256 && self.project.is_empty();
        let real = self.url(context, false)?;
        let url = Url::parse(&real, "endpoint")?;
        let host = url.host.clone();
        let prepared = Unsigned {
            method: self.call.operation().method,
            url,
            headers,
            payload: Payload::Bytes(&[]),
            date: SdkDate::from_unix_ms(now_ms() + self.call.clock_offset_ms()),
            algorithm: if derived {
                Algorithm::default()
            } else {
                config.algorithm
            },
            scope: config.region.clone().map(|region| Scope {
                region,
                service: SERVICE.to_owned(),
            }),
        }
        .prepare()?;
        if let Some(key) = key {
            return self.send(context, &prepared.authorize(key)?);
        }
        let request = platform::to_js(&self.to_sign(&real, &host, &prepared));
        self.awaiting = Awaiting::Signer;
        Ok(Turn::begin(Act::Sign, context, config.timeout_ms, &request))
    }

    /// What a remote signer is given.
    fn to_sign(&self, url: &str, host: &str, prepared: &Prepared) -> Json {
        let mut headers = Json::object();
        headers.add_text("Host", host);
        for (name, value) in prepared.headers.iter() {
            headers.add_text(name, value);
        }
        let hash = prepared.canonical_request.rsplit('\n').next();
        let mut request = Json::object();
        request.add_text("method", self.call.operation().method);
        request.add_text("url", url);
        request.add("headers", headers);
        request.add_text("bodySha256", hash.unwrap_or_default());
        request.add_text("canonicalRequest", &prepared.canonical_request);
        request.add_text("stringToSign", &prepared.string_to_sign);
        request
    }

    fn send(&mut self, context: &Context, headers: &Headers) -> Result<Turn, Fail> {
        context.check_ready()?;
        let mut members = Json::object();
        for (name, value) in headers.iter() {
            members.add_text(name, &to_byte_string(value));
        }
        let url = self.url(context, true)?;
        let method = self.call.operation().method;
        let mut init = Json::object();
        init.add_text("method", method);
        init.add("headers", members);
        let init = platform::to_js(&init);
        let build = |strict| {
            let init = platform::guard(&context.room, &init, strict);
            Request::new_with_str_and_init(&url, &init)
        };
        let request = build(true).or_else(|_| build(false)).map_err(|thrown| {
            platform::threw(&context.room, &thrown);
            Fail {
                error: Error::invalid("endpoint", "gives a request that cannot be built"),
                how: How::Cause,
            }
        })?;
        self.sent_ms = now_ms();
        self.call.sending();
        let mut event = self.event("attempt");
        event.add_text("method", method);
        event.add_text("url", &url);
        context.tell(&event);
        self.awaiting = Awaiting::Answer;
        let ms = context.config.timeout_ms;
        Ok(Turn::begin(Act::Send, context, ms, &request))
    }

    fn answered(&mut self, context: &Context, came: &Came) {
        let timeout_ms = context.config.timeout_ms;
        match came.ended {
            Ended::Value => {}
            Ended::Thrown => {
                self.throttled = false;
                self.how = How::Cause;
                let failure = Failure::Connection(came.text().to_owned());
                return self.call.failed(&failure, now_ms(), random());
            }
            _ => {
                let failure = Failure::Timeout(timeout_ms);
                return self.call.failed(&failure, now_ms(), random());
            }
        }
        let response = to_response(Json::unpack(came.text()));
        self.how = How::Plain;
        self.throttled = response.status == 429;
        let mut event = self.event("response");
        event.add_answer(response.status, response.request_id.as_deref());
        event.add_number("elapsedMs", (now_ms() - self.sent_ms) as f64);
        context.tell(&event);
        let before = self.call.clock_offset_ms();
        self.call.answered(response, now_ms(), random());
        let offset = self.call.clock_offset_ms();
        if offset != before {
            context.shared.clock_offset_ms.set(Some(offset));
            let mut event = self.event("clock");
            event.add_number("offsetMs", offset as f64);
            context.tell(&event);
        }
    }
}

/// The one look-up of a project id that is under way or done for a key.
fn look_up(context: &Context, key: &str) -> Promise {
    platform::remember(key, None).unwrap_or_else(|| {
        let region = context.config.region.as_deref().unwrap_or_default();
        let mut args = Json::object();
        args.add_text("region", region);
        let context = Rc::new(context.for_look_up());
        let calling = Calling::new(&context, &list_projects::OPERATION, args);
        let promise = Task::start(context, Work::LookUp(calling));
        platform::remember(key, Some(&promise));
        promise
    })
}

/// The answer, from what `platform.js` has read: status, request id, Date, Retry-After in seconds and as a date, start of
/// the body, and its value where it is JSON.
fn to_response(answer: Json) -> Response {
    let Json::Array(items) = answer else {
        return Response::default();
    };
    let mut items = items.into_iter();
    let mut next = || items.next().unwrap_or_default();
    // A number that is NaN is not there.
    let number = |json: Json| json.as_number().filter(|number| !number.is_nan());
    let text = |json: Json| match json {
        Json::String(text) => Some(text),
        _ => None,
    };
    let status = number(next()).unwrap_or_default() as u16;
    let request_id = text(next());
    let date_ms = number(next()).map(|ms| ms as i64);
    let seconds = number(next()).map(|seconds| RetryAfter::Seconds(seconds as u32));
    let date = number(next()).map(|ms| RetryAfter::Date(ms as i64));
    let body = text(next()).unwrap_or_default();
    Response {
        status,
        request_id,
        date_ms,
        retry_after: seconds.or(date),
        body,
        json: items.next(),
    }
}
