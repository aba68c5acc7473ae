//! One call with fetch and timers, turn by turn: each turn takes what the last wait came to, and ends with the next wait
//! or with the end of the call.

use std::rc::Rc;

use js_sys::Promise;
use web_sys::Request;

use super::client::{Task, Work};
use super::context::{Context, Project, Source};
use super::error::How;
use super::platform::{self, Act, Came, Ended, now_ms, random};
use super::sign::Credential;
use crate::call::{Call, Step};
use crate::credential::Credential as Core;
use crate::error::Error;
use crate::http::{Failure, Response, RetryAfter};
use crate::json::Json;
use crate::operation::{Operation, list_projects};
use crate::sign::{Algorithm, Headers, Payload, Prepared, Scope, SdkDate, Unsigned, Url, header};
use crate::text::concat;

/// Stands for the project id when arguments are checked before it is known.
const ANY_PROJECT: &str = "00000000000000000000000000000000";
const SERVICE: &[u8] = b"dcs";

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
    pub fn new(context: &Context, operation: &'static Operation, args: Json) -> Box<Self> {
        let config = &context.config;
        let found = context.shared.clock_offset_ms.get();
        let offset = found.unwrap_or(config.clock_offset_ms);
        let endpoints = config.endpoints.len();
        Box::new(Self {
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
        })
    }

    /// Takes what came, and begins the next wait; or the task is done.
    pub fn turn(&mut self, context: &Context, came: &Came) -> Result<(), Error> {
        if came.ended() == Ended::Abort {
            return Err(context.aborted());
        }
        match self.awaiting {
            Awaiting::Nothing => {
                self.path_of(ANY_PROJECT)?;
                context.check_ready()?;
                self.ask_credential(context)
            }
            Awaiting::Credential => {
                self.credential = Some(context.provided(came)?);
                self.find_project(context)
            }
            Awaiting::Project => {
                match came.ended() {
                    Ended::Value => came.text().clone_into(&mut self.project),
                    Ended::Thrown => return Err(context.made(came)),
                    _ => return Err(Error::timeout(context.config.timeout_ms)),
                }
                self.path = self.path_of(&self.project)?;
                self.next(context)
            }
            Awaiting::Pause => self.ask_credential(context),
            Awaiting::Held => self.next(context),
            Awaiting::Signer => self.send(context, context.signed(came)?),
            Awaiting::Answer => {
                self.answered(context, came);
                self.next(context)
            }
        }
    }

    /// The project id, when the call that looks it up has ended.
    pub fn found(&self, context: &Context) -> Result<(), Error> {
        if let (true, Some(json)) = (context.done.get(), &self.response.json) {
            let region = context.config.region.as_deref().unwrap_or_default();
            let id = list_projects::only_project(json, region)?;
            platform::keep(&context.room, false, &id.into());
        }
        Ok(())
    }

    fn path_of(&self, project: &str) -> Result<String, Error> {
        self.call.operation().path_and_query(project, &self.args)
    }

    fn ask_credential(&mut self, context: &Context) -> Result<(), Error> {
        match &context.source {
            Source::Provider => {
                self.awaiting = Awaiting::Credential;
                context.ask_provider();
                return Ok(());
            }
            Source::Held(credential) => self.credential = Some(credential.clone()),
            _ => {}
        }
        self.find_project(context)
    }

    fn find_project(&mut self, context: &Context) -> Result<(), Error> {
        if self.path.is_empty() {
            if self.call.operation() != &list_projects::OPERATION {
                self.project = match context.project(self.credential.as_ref())? {
                    Project::Id(id) => id,
                    Project::Key(key) => {
                        self.awaiting = Awaiting::Project;
                        context.begin(Act::Project, &look_up(context, &key));
                        return Ok(());
                    }
                };
            }
            self.path = self.path_of(&self.project)?;
        }
        self.next(context)
    }

    /// What the machine asks for.
    fn next(&mut self, context: &Context) -> Result<(), Error> {
        let not_before = &context.shared.not_before_ms;
        match self.call.step() {
            Step::Done(Ok(response)) => {
                self.response = response;
                context.done.set(true);
            }
            Step::Done(Err(error)) => return Err(context.behind(self.how, error)),
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
                self.awaiting = Awaiting::Pause;
                context.pause(ms);
            }
            Step::Send { endpoint } => {
                let held = not_before.get() - now_ms();
                if held <= 0 {
                    self.endpoint = endpoint;
                    return self.sign(context);
                }
                self.awaiting = Awaiting::Held;
                context.pause(held as u32);
            }
        }
        Ok(())
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
    fn sign(&mut self, context: &Context) -> Result<(), Error> {
        let project = self.project.clone();
        let mut headers = Headers::default();
        if !project.is_empty() {
            headers.set(header::CONTENT_TYPE, b"application/json");
            headers.set(header::X_PROJECT_ID, project.as_bytes());
        }
        let credential = self.credential.clone();
        let key = match credential.as_ref().map(|credential| &credential.0.core) {
            Some(Core::Token(token)) => {
                headers.set(header::X_AUTH_TOKEN, token.expose());
                return self.send(context, headers.texts());
            }
            Some(Core::AccessKey(key)) => Some(key),
            None => None,
        };
        if let Some(token) = key.and_then(|key| key.security_token()) {
            headers.set(header::X_SECURITY_TOKEN, token.expose());
        }
        let config = &context.config;
        // The official cores look a project id up without the derived key.
        let derived = config.algorithm == Algorithm::V11HmacSha256 && project.is_empty();
        let real = self.url(context, false)?;
        let url = Url::parse(&real, "endpoint")?;
        let host = url.host();
        let unsigned = Unsigned {
            method: self.call.operation().method.as_bytes(),
            url,
            headers,
            payload: Payload::Bytes(&[]),
            date: SdkDate::from_unix_ms(now_ms() + self.call.clock_offset_ms()),
            algorithm: if derived {
                Algorithm::default()
            } else {
                config.algorithm
            },
            scope: config.region.as_ref().map(|region| Scope {
                region: region.as_bytes(),
                service: SERVICE,
            }),
        };
        let prepared = unsigned.prepare()?;
        if let Some(key) = key {
            let mut signed = prepared.headers.texts();
            let authorization = prepared.authorization(key)?;
            signed.push((header::AUTHORIZATION.to_owned(), authorization));
            return self.send(context, signed);
        }
        let request = platform::to_js(&self.to_sign(&real, &host, &prepared));
        self.awaiting = Awaiting::Signer;
        context.begin(Act::Sign, &request);
        Ok(())
    }

    /// What a remote signer is given.
    fn to_sign(&self, url: &str, host: &str, prepared: &Prepared<'_>) -> Json {
        let mut headers = Json::object();
        headers.add_text("Host", host);
        for (name, value) in prepared.headers.texts() {
            headers.add(&name, Json::String(value));
        }
        let mut request = Json::object();
        request.add_text("method", self.call.operation().method);
        request.add_text("url", url);
        request.add("headers", headers);
        request.add_text("bodySha256", prepared.payload_hash());
        request.add_text("canonicalRequest", prepared.canonical_request());
        request.add_text("stringToSign", prepared.string_to_sign());
        request
    }

    fn send(&mut self, context: &Context, headers: Vec<(String, String)>) -> Result<(), Error> {
        context.check_ready()?;
        let mut members = Json::object();
        for (name, value) in headers {
            members.add(&name, Json::String(value));
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
        let request = match build(true).or_else(|_| build(false)) {
            Ok(request) => request,
            Err(thrown) => {
                platform::keep(&context.room, true, &thrown);
                let error = Error::invalid("endpoint", "gives a request that cannot be built");
                return Err(context.behind(How::Cause, error));
            }
        };
        self.sent_ms = now_ms();
        self.call.sending();
        let mut event = self.event("attempt");
        event.add_text("method", method);
        event.add_text("url", &url);
        context.tell(&event);
        self.awaiting = Awaiting::Answer;
        context.begin(Act::Send, &request);
        Ok(())
    }

    fn answered(&mut self, context: &Context, came: &Came) {
        let timeout_ms = context.config.timeout_ms;
        match came.ended() {
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
    let mut items = match answer {
        Json::Array(items) => items,
        _ => Vec::new(),
    };
    let seconds = number(&items, 3).map(|seconds| RetryAfter::Seconds(seconds as u32));
    let date = number(&items, 4).map(|ms| RetryAfter::Date(ms as i64));
    Response {
        status: number(&items, 0).unwrap_or_default() as u16,
        request_id: text(&items, 1),
        date_ms: number(&items, 2).map(|ms| ms as i64),
        retry_after: seconds.or(date),
        body: text(&items, 5).unwrap_or_default(),
        json: if items.len() > 6 { items.pop() } else { None },
    }
}

/// A number that is NaN is not there.
fn number(items: &[Json], at: usize) -> Option<f64> {
    items.get(at)?.as_number().filter(|number| !number.is_nan())
}

fn text(items: &[Json], at: usize) -> Option<String> {
    items.get(at)?.as_str().map(str::to_owned)
}
