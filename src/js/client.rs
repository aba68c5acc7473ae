//! The client: options read once, calls driven to their end.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use js_sys::{Function, Object, Promise};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::future_to_promise;
use web_sys::AbortSignal;

use super::credentials::{self, Source};
use super::error::{Fail, to_js};
use super::fetch::{Answer, Attempt, Stop};
use super::sign::Credential;
use super::timer::{Deadline, Reached, global_member, now_ms, random, sleep};
use super::value::{function, list, members, object, optional, plain};
use crate::call::{Call, Step};
use crate::config::{Config, SPECIAL, is_plain_option};
use crate::credential::Credential as Core;
use crate::error::{Error, Outcome};
use crate::json::Json;
use crate::operation::{Answer as Promised, Effect, Operation, list_projects};
use crate::region::REGIONS;
use crate::sign::{Algorithm, Headers, Payload, Scope, SdkDate, Unsigned, Url, header};

/// Nesting of options: `retry` and `endpoint` nest once.
const OPTION_DEPTH: u8 = 3;
/// Stands for the project id when arguments are checked before it is known.
const ANY_PROJECT: &str = "00000000000000000000000000000000";
const SERVICE: &str = "dcs";

/// Options as they were given: plain ones as values, the others as JavaScript has them.
#[derive(Clone, Default)]
struct Given {
    plain: Vec<(String, Json)>,
    source: Option<Source>,
    signal: Option<AbortSignal>,
    fetch: Option<Function>,
    on_event: Option<Function>,
}

impl Given {
    /// Reads an options object; nothing is nothing.
    fn read(options: &JsValue) -> Result<Self, Error> {
        let mut given = Self::default();
        if options.is_undefined() || options.is_null() {
            return Ok(given);
        }
        let (mut credentials, mut signer) = (None, None);
        for (name, value) in members(options, "options")? {
            if !SPECIAL.contains(&name.as_str()) {
                let value = match plain(value, &name, OPTION_DEPTH) {
                    // A slip in the name of a function is told as a slip, whatever the value.
                    Err(_) if !is_plain_option(&name) => Json::Null,
                    value => value?,
                };
                given.plain.push((name, value));
                continue;
            }
            if value.is_null() {
                continue;
            }
            match name.as_str() {
                "credentials" => credentials = Some(value),
                "signer" => signer = Some(value),
                "signal" => {
                    // By its members: another realm's signal is of another class.
                    let is_signal = js_sys::Reflect::get(&value, &"aborted".into())
                        .is_ok_and(|aborted| aborted.as_bool().is_some());
                    if !is_signal {
                        return Err(Error::invalid("signal", "must be an AbortSignal"));
                    }
                    given.signal = Some(value.unchecked_into());
                }
                "fetch" => given.fetch = Some(function(value, "fetch")?),
                _ => given.on_event = Some(function(value, "onEvent")?),
            }
        }
        if credentials.is_some() || signer.is_some() {
            given.source = Some(Source::new(credentials, signer)?);
        }
        Ok(given)
    }

    /// These, with those of one call over them.
    fn with(&self, call: Self) -> Self {
        let mut plain = self.plain.clone();
        plain.retain(|(name, _)| !call.plain.iter().any(|(own, _)| own == name));
        plain.extend(call.plain);
        Self {
            plain,
            source: call.source.or_else(|| self.source.clone()),
            signal: call.signal.or_else(|| self.signal.clone()),
            fetch: call.fetch.or_else(|| self.fetch.clone()),
            on_event: call.on_event.or_else(|| self.on_event.clone()),
        }
    }
}

/// What calls of one client share.
#[derive(Default)]
pub struct Shared {
    given: Given,
    /// The clock's difference, once a call has found it.
    clock_offset_ms: Cell<Option<i64>>,
    /// Throttled until then: holds for every call of the client.
    not_before_ms: Cell<i64>,
    /// Instances whose switchover is under way.
    pub(super) swapping: RefCell<BTreeSet<String>>,
}

/// A client of the Distributed Cache Service.
#[wasm_bindgen]
pub struct Client(Rc<Shared>);

#[wasm_bindgen]
impl Client {
    /// Reads the client's options. What they lack, each call may give.
    ///
    /// # Errors
    /// `InvalidArgumentError` or `CredentialsError`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<Client, JsValue> {
        let given = Given::read(options).map_err(|error| to_js(&error, None, None))?;
        Ok(Self(Rc::new(Shared {
            given,
            ..Shared::default()
        })))
    }

    /// Calls the operation of that name.
    pub fn call(&self, operation: &str, options: &JsValue) -> Promise {
        let Some(operation) = Operation::find(operation) else {
            let error = Error::invalid("operation", "is not known");
            return Promise::reject(&to_js(&error, None, None));
        };
        let names: Vec<_> = operation.params.iter().map(|param| param.name).collect();
        let context = Context::new(Rc::clone(&self.0), options, &names);
        future_to_promise(async move {
            let outcome = |outcome| (operation.effect == Effect::Swap).then_some(outcome);
            let (context, args) =
                context.map_err(|error| to_js(&error, None, outcome(Outcome::NotSent)))?;
            let done = context.execute(operation, &args).await;
            if let Err(Fail::Abort(_)) = &done.result {
                context.emit(
                    "aborted",
                    &[
                        ("operation", operation.name.into()),
                        (
                            "outcome",
                            optional(outcome(done.outcome).map(Outcome::as_str)),
                        ),
                    ],
                );
            }
            done.result
                .map(|answer| to_answer(operation, answer))
                .map_err(|fail| fail.into_js(outcome(done.outcome)))
        })
    }

    /// A whole switchover.
    pub fn switchover(&self, options: &JsValue) -> Promise {
        let context = Context::new(Rc::clone(&self.0), options, &["instanceId"]);
        future_to_promise(async move {
            let (context, args) =
                context.map_err(|error| to_js(&error, None, Some(Outcome::NotSent)))?;
            super::switchover::run(&context, &args).await
        })
    }

    /// The states of a job, one after the other.
    ///
    /// # Errors
    /// `InvalidArgumentError` or `CredentialsError`.
    pub fn follow(&self, options: &JsValue) -> Result<super::Follow, JsValue> {
        Context::new(Rc::clone(&self.0), options, &["jobId"])
            .and_then(|(context, args)| super::Follow::new(context, args))
            .map_err(|error| to_js(&error, None, None))
    }
}

/// Swaps master and standby: `new Client(options).call("changeMasterStandbyAsync", options)`.
#[wasm_bindgen(js_name = changeMasterStandbyAsync)]
pub fn change_master_standby_async(options: &JsValue) -> Promise {
    Client(Rc::default()).call("changeMasterStandbyAsync", options)
}

/// The regions that DCS is known to serve.
#[wasm_bindgen]
pub fn regions() -> JsValue {
    list(REGIONS.iter().map(|region| {
        object(&[
            ("id", region.id.into()),
            ("dcsEndpoint", region.dcs_endpoint().into()),
            ("iamEndpoint", region.iam_endpoint().into()),
        ])
    }))
}

/// An answer as it is resolved to: the service's own object, with two members beside it that are not enumerable.
fn to_answer(operation: &Operation, answer: Answer) -> JsValue {
    let value: Object = match operation.answer {
        Promised::Json(_) => answer.value.unchecked_into(),
        Promised::Empty => Object::new(),
    };
    for (name, member) in [
        ("httpStatusCode", answer.response.status.into()),
        ("requestId", optional(answer.response.request_id.as_deref())),
    ] {
        Object::define_property(&value, &name.into(), &object(&[("value", member)]));
    }
    value.into()
}

/// A call that has ended.
pub struct Done {
    /// How.
    pub result: Result<Answer, Fail>,
    /// What became of the swap, if it was one.
    pub outcome: Outcome,
    /// Requests sent.
    pub requests: u32,
}

/// Checked options of one call, and what it shares with others.
#[derive(Clone)]
pub struct Context {
    pub(super) shared: Rc<Shared>,
    pub(super) config: Config,
    source: Source,
    pub(super) signal: Option<AbortSignal>,
    fetch: Option<Function>,
    on_event: Option<Function>,
}

impl Context {
    /// Reads a call's options; gives the arguments of its operation beside them.
    fn new(shared: Rc<Shared>, options: &JsValue, more: &[&str]) -> Result<(Self, Json), Error> {
        let given = shared.given.with(Given::read(options)?);
        let args = Json::Object(given.plain);
        let config = Config::read(&args, more)?;
        let source = match given.source {
            Some(source) => source,
            None => Source::new(None, None)?,
        };
        if config
            .via
            .as_deref()
            .is_some_and(|via| via.starts_with('/') || via.is_empty())
            && global_member("location").is_undefined()
        {
            return Err(Error::invalid(
                "via",
                "must be an absolute URL where there is no page",
            ));
        }
        let context = Self {
            shared,
            config,
            source,
            signal: given.signal,
            fetch: given.fetch,
            on_event: given.on_event,
        };
        Ok((context, args))
    }

    /// Tells the caller of progress. What its function throws is its own affair.
    pub fn emit(&self, kind: &str, fields: &[(&str, JsValue)]) {
        if let Some(on_event) = &self.on_event {
            let event = object(&[("type", kind.into())]);
            for (name, value) in fields {
                super::value::set(&event, name, value);
            }
            let _ = on_event.call1(&JsValue::UNDEFINED, &event);
        }
    }

    /// Runs an operation to its end.
    pub async fn execute(&self, operation: &'static Operation, args: &Json) -> Done {
        let offset = self
            .shared
            .clock_offset_ms
            .get()
            .unwrap_or(self.config.clock_offset_ms);
        let endpoints = self.config.endpoints.len();
        let mut call = Call::new(operation, self.config.retry, endpoints, now_ms(), offset);
        let result = self.drive(&mut call, args).await;
        Done {
            result,
            outcome: call.outcome(),
            requests: call.attempts(),
        }
    }

    async fn drive(&self, call: &mut Call, args: &Json) -> Result<Answer, Fail> {
        let operation = call.operation();
        operation.path_and_query(ANY_PROJECT, args)?;
        self.check_signal()?;
        let project = match operation == &list_projects::OPERATION {
            true => None,
            false => Some(self.project_id().await?),
        };
        let path = operation.path_and_query(project.as_deref().unwrap_or_default(), args)?;
        let (mut value, mut cause, mut throttled) = (JsValue::UNDEFINED, None, false);
        loop {
            match call.step() {
                Step::Done(result) => {
                    return match result {
                        Ok(response) => Ok(Answer { response, value }),
                        Err(error) => Err(Fail::Error(error, cause)),
                    };
                }
                Step::Wait { ms } => {
                    if throttled {
                        let until = now_ms() + i64::from(ms);
                        let shared = &self.shared.not_before_ms;
                        shared.set(shared.get().max(until));
                    }
                    self.emit(
                        "retry",
                        &[
                            ("operation", operation.name.into()),
                            ("attempt", call.attempts().into()),
                            ("delayMs", ms.into()),
                            (
                                "reason",
                                if throttled { "throttled" } else { "failed" }.into(),
                            ),
                        ],
                    );
                    sleep(ms, self.signal.as_ref()).await.map_err(Fail::Abort)?;
                }
                Step::Send { endpoint } => {
                    self.hold().await?;
                    let origin = self.origin(operation, endpoint)?;
                    let target = Target {
                        operation,
                        origin,
                        path: &path,
                        project: project.as_deref(),
                    };
                    let offset = call.clock_offset_ms();
                    match self.attempt(call, &target).await? {
                        Ok(answer) => {
                            throttled = answer.response.status == 429;
                            (value, cause) = (answer.value, None);
                            call.answered(answer.response, now_ms(), random());
                        }
                        Err((failure, thrown)) => {
                            (throttled, cause) = (false, thrown);
                            call.failed(&failure, now_ms(), random());
                        }
                    }
                    if call.clock_offset_ms() != offset {
                        let offset = call.clock_offset_ms();
                        self.shared.clock_offset_ms.set(Some(offset));
                        self.emit(
                            "clock",
                            &[
                                ("operation", operation.name.into()),
                                ("offsetMs", (offset as f64).into()),
                            ],
                        );
                    }
                }
            }
        }
    }

    /// One attempt: sign anew, send, read.
    async fn attempt(
        &self,
        call: &mut Call,
        target: &Target<'_>,
    ) -> Result<Result<Answer, (crate::http::Failure, Option<JsValue>)>, Fail> {
        let operation = target.operation;
        let credential = self.credential().await?;
        let headers = self
            .headers(target, credential.as_ref(), call.clock_offset_ms())
            .await?;
        self.check_signal()?;
        let base = self
            .config
            .via
            .as_deref()
            .filter(|_| target.project.is_some());
        let url = [base.unwrap_or(&target.origin), target.path].concat();
        call.sending();
        let started = now_ms();
        let about = |more: &[(&'static str, JsValue)]| {
            let mut fields = vec![
                ("operation", JsValue::from(operation.name)),
                ("attempt", call.attempts().into()),
            ];
            fields.extend_from_slice(more);
            fields
        };
        self.emit(
            "attempt",
            &about(&[
                ("method", operation.method.into()),
                ("url", url.as_str().into()),
            ]),
        );
        let attempt = Attempt {
            method: operation.method,
            url: &url,
            headers: &headers,
            signal: self.signal.as_ref(),
            timeout_ms: self.config.timeout_ms,
            fetch: self.fetch.as_ref(),
            secrets: &[header::X_AUTH_TOKEN, header::X_SECURITY_TOKEN]
                .map(|name| headers.get(name).unwrap_or_default()),
        };
        match attempt.run().await {
            Ok(answer) => {
                self.emit(
                    "response",
                    &about(&[
                        ("httpStatusCode", answer.response.status.into()),
                        ("requestId", optional(answer.response.request_id.as_deref())),
                        ("elapsedMs", ((now_ms() - started) as f64).into()),
                    ]),
                );
                Ok(Ok(answer))
            }
            Err(Stop::Failure(failure, cause)) => Ok(Err((failure, cause))),
            Err(Stop::Abort(reason)) => Err(Fail::Abort(reason)),
        }
    }

    /// The headers of one attempt, signed.
    async fn headers(
        &self,
        target: &Target<'_>,
        credential: Option<&Credential>,
        offset: i64,
    ) -> Result<Headers, Fail> {
        let mut headers = Headers::default();
        if let Some(project) = target.project {
            headers.set(header::CONTENT_TYPE, "application/json".to_owned());
            headers.set(header::X_PROJECT_ID, project.to_owned());
        }
        let key = match credential.map(|credential| &credential.0.core) {
            Some(Core::Token(token)) => {
                headers.set(header::X_AUTH_TOKEN, token.expose().to_owned());
                return Ok(headers);
            }
            Some(Core::AccessKey(key)) => Some(key),
            None => None,
        };
        if let Some(token) = key.and_then(|key| key.security_token()) {
            headers.set(header::X_SECURITY_TOKEN, token.expose().to_owned());
        }
        let real = [&target.origin, target.path].concat();
        let url = Url::parse(&real, "endpoint")?;
        let host = url.host.clone();
        // The official cores look a project id up without the derived key.
        let algorithm = match target.project {
            None if self.config.algorithm == Algorithm::V11HmacSha256 => Algorithm::default(),
            _ => self.config.algorithm,
        };
        let prepared = Unsigned {
            method: target.operation.method,
            url,
            headers,
            payload: Payload::Bytes(&[]),
            date: SdkDate::from_unix_ms(now_ms() + offset),
            algorithm,
            scope: self.config.region.clone().map(|region| Scope {
                region,
                service: SERVICE.to_owned(),
            }),
        }
        .prepare()?;
        match (key, &self.source) {
            (Some(key), _) => Ok(prepared.authorize(key)?),
            (None, Source::Signer(signer)) => {
                let request =
                    credentials::remote_request(target.operation.method, &real, &host, &prepared);
                let signed = signer
                    .apply(&JsValue::UNDEFINED, &request)
                    .map(|promise| Promise::resolve(&promise));
                let failed =
                    |thrown| Fail::Error(Error::credentials("the signer failed"), Some(thrown));
                let signed = self.wait(&signed.map_err(failed)?).await?.map_err(failed)?;
                Ok(credentials::remote_headers(&signed)?)
            }
            (None, _) => Err(Error::credentials("no credentials").into()),
        }
    }

    /// The credential, when this side signs.
    pub(super) async fn credential(&self) -> Result<Option<Credential>, Fail> {
        match &self.source {
            Source::Held(credential) => Ok(Some(credential.clone())),
            Source::Signer(_) => Ok(None),
            Source::Provider(provider) => {
                match self.wait(&credentials::ask(provider)).await? {
                    Ok(value) => credentials::unwrap(&value).map(Some),
                    // The provider's error is made once for all that wait for it; each call gets its own, with its outcome.
                    Err(thrown) => {
                        let member = |name: &str| {
                            js_sys::Reflect::get(&thrown, &name.into()).unwrap_or_default()
                        };
                        let message = member("message").as_string().unwrap_or_default();
                        let cause = Some(member("cause")).filter(|cause| !cause.is_undefined());
                        Err(Fail::Error(Error::credentials(message), cause))
                    }
                }
            }
        }
    }

    /// The project id: given, of the credentials, or looked up.
    async fn project_id(&self) -> Result<String, Fail> {
        if let Some(id) = &self.config.project_id {
            return Ok(id.clone());
        }
        let credential = self.credential().await?;
        if let Some(id) = credential
            .as_ref()
            .and_then(|credential| credential.0.project_id.as_ref())
        {
            crate::operation::check_project_id(id)?;
            return Ok(id.clone());
        }
        let missing = |why| Error::invalid("projectId", why);
        match (credential, &self.config.region, &self.config.iam_endpoint) {
            (None, ..) => {
                Err(missing("must be given with signer: nothing here can ask IAM for it").into())
            }
            _ if self.config.via.is_some() => {
                Err(missing("must be given with via: IAM is not asked through a proxy").into())
            }
            (Some(credential), Some(region), Some(iam)) => {
                super::project::find(self, &credential, region, iam).await
            }
            _ => Err(
                missing("must be given, or a known region so that IAM can be asked for it").into(),
            ),
        }
    }

    /// Where a request goes, and what its signature is for.
    fn origin(&self, operation: &Operation, endpoint: usize) -> Result<String, Error> {
        let origin = if operation == &list_projects::OPERATION {
            self.config.iam_endpoint.as_ref()
        } else {
            self.config.endpoints.get(endpoint)
        };
        origin
            .cloned()
            .ok_or_else(|| Error::invalid("endpoint", "is missing"))
    }

    /// Waits for a promise, no longer than one attempt may take.
    pub(super) async fn wait(&self, promise: &Promise) -> Result<Result<JsValue, JsValue>, Fail> {
        let deadline = Deadline::new(self.config.timeout_ms, self.signal.as_ref());
        deadline
            .guard(promise)
            .await
            .map_err(|reached| match reached {
                Reached::Abort(reason) => Fail::Abort(reason),
                Reached::Time => Error::Timeout {
                    timeout_ms: self.config.timeout_ms,
                }
                .into(),
            })
    }

    /// Waits while the service throttles this client.
    async fn hold(&self) -> Result<(), Fail> {
        let left = self.shared.not_before_ms.get() - now_ms();
        match u32::try_from(left) {
            Ok(ms) if ms > 0 => sleep(ms, self.signal.as_ref()).await.map_err(Fail::Abort),
            _ => Ok(()),
        }
    }

    fn check_signal(&self) -> Result<(), Fail> {
        match &self.signal {
            Some(signal) if signal.aborted() => Err(Fail::Abort(signal.reason())),
            _ => Ok(()),
        }
    }
}

/// What an attempt is about.
struct Target<'a> {
    operation: &'static Operation,
    origin: String,
    path: &'a str,
    /// None for IAM.
    project: Option<&'a str>,
}
