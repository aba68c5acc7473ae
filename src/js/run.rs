//! Driving one call with fetch and timers.

use std::rc::Rc;

use js_sys::{Array, Function, JsString};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AbortController, AbortSignal, Headers as JsHeaders, ReferrerPolicy, Request, RequestCache,
    RequestCredentials, RequestInit, RequestRedirect,
};

use super::context::{Context, Source, remote_headers};
use super::error::Fail;
use super::platform::{self, Ended, global_member, now_ms, random};
use super::sign::Credential;
use crate::call::{Call, Step};
use crate::credential::Credential as Core;
use crate::error::{Error, Outcome};
use crate::http::{Failure, MAX_BODY_BYTES, Response, RetryAfter};
use crate::json::Json;
use crate::operation::{Operation, list_projects};
use crate::sign::{Algorithm, Headers, Payload, Prepared, Scope, SdkDate, Unsigned, Url, header};

/// Stands for the project id when arguments are checked before it is known.
const ANY_PROJECT: &str = "00000000000000000000000000000000";
const SERVICE: &[u8] = b"dcs";

/// A call that has ended.
pub struct Done {
    /// The answer, and its value as JavaScript has it.
    pub result: Result<(Response, JsValue), Fail>,
    /// What became of the swap, if it was one.
    pub outcome: Outcome,
    /// Requests sent.
    pub requests: u32,
}

/// Runs an operation to its end.
pub async fn execute(context: &Context, operation: &'static Operation, args: &Json) -> Done {
    let config = &context.config;
    let offset = context
        .shared
        .clock_offset_ms
        .get()
        .unwrap_or(config.clock_offset_ms);
    let mut call = Call::new(
        operation,
        config.retry,
        config.endpoints.len(),
        now_ms(),
        offset,
    );
    let result = drive(context, &mut call, args).await;
    Done {
        result,
        outcome: call.outcome(),
        requests: call.attempts(),
    }
}

async fn drive(
    context: &Context,
    call: &mut Call,
    args: &Json,
) -> Result<(Response, JsValue), Fail> {
    let operation = call.operation();
    operation.path_and_query(ANY_PROJECT, args)?;
    context.check_signal()?;
    let mut credential = context.credential().await?;
    let project = if operation == &list_projects::OPERATION {
        String::new()
    } else {
        match context.project_id(credential.as_ref())? {
            Ok(id) => id,
            Err(key) => {
                let id = context.wait(&look_up(context, key)).await?;
                id.as_string().unwrap_or_default()
            }
        }
    };
    let path = operation.path_and_query(&project, args)?;
    let (mut value, mut cause) = (JsValue::UNDEFINED, JsValue::UNDEFINED);
    let mut throttled = false;
    loop {
        match call.step() {
            Step::Done(Ok(response)) => return Ok((response, value)),
            Step::Done(Err(error)) => return Err(Fail::Error(error, cause)),
            Step::Wait { ms } => {
                if throttled {
                    let not_before = &context.shared.not_before_ms;
                    not_before.set(not_before.get().max(now_ms() + i64::from(ms)));
                }
                tell(context, call, "retry", |event| {
                    event.with("delayMs", Json::Number(ms.into())).with(
                        "reason",
                        Json::text(if throttled { "throttled" } else { "failed" }),
                    )
                });
                context.sleep(ms).await?;
                credential = context.credential().await?;
            }
            Step::Send { endpoint } => {
                // Waits while the service throttles this client.
                let held = context.shared.not_before_ms.get() - now_ms();
                if held > 0 {
                    context.sleep(held as u32).await?;
                }
                let target = Target::new(context, operation, endpoint, &path, &project)?;
                let headers =
                    match target.sign(context, credential.as_ref(), call.clock_offset_ms())? {
                        Signing::Done(headers) => headers,
                        Signing::Asked(signed) => {
                            let signed = platform::wait(
                                &signed,
                                context.config.timeout_ms,
                                context.signal.as_ref(),
                            );
                            signer_gave(signed.await)?
                        }
                    };
                context.check_signal()?;
                let (request, controller) = match build(operation.method, &target.url, &headers) {
                    Ok(built) => built,
                    Err(thrown) => {
                        let error =
                            Error::invalid("endpoint", "gives a request that cannot be built");
                        return Err(Fail::Error(error, thrown));
                    }
                };
                let Some(fetch) = fetch_of(context) else {
                    return Err(
                        Error::invalid("fetch", "must be given: this platform has none").into(),
                    );
                };
                let sent = now_ms();
                call.sending();
                tell(context, call, "attempt", |event| {
                    event
                        .with("method", Json::text(operation.method))
                        .with("url", Json::text(&target.url))
                });
                let signal: Option<&AbortSignal> = context.signal.as_ref();
                let timeout_ms = context.config.timeout_ms;
                let answer = platform::exchange(
                    &fetch,
                    &request,
                    &controller,
                    MAX_BODY_BYTES as u32,
                    timeout_ms,
                    signal,
                );
                match platform::ended(&answer).await {
                    Ended::Abort(reason) => return Err(Fail::Thrown(reason)),
                    Ended::Time => call.failed(&Failure::Timeout(timeout_ms), now_ms(), random()),
                    Ended::Thrown(thrown, why) => {
                        (throttled, cause) = (false, thrown);
                        call.failed(&Failure::Connection(why), now_ms(), random());
                    }
                    Ended::Value(answer) => {
                        let answer: Array = answer.unchecked_into();
                        let response = to_response(&answer);
                        (value, cause) = (answer.get(7), JsValue::UNDEFINED);
                        throttled = response.status == 429;
                        tell(context, call, "response", |event| {
                            event
                                .with("httpStatusCode", Json::Number(response.status.into()))
                                .with("requestId", response.request_id.as_deref().map(Json::text))
                                .with("elapsedMs", Json::Number((now_ms() - sent) as f64))
                        });
                        let offset = call.clock_offset_ms();
                        call.answered(response, now_ms(), random());
                        if call.clock_offset_ms() != offset {
                            let offset = call.clock_offset_ms();
                            context.shared.clock_offset_ms.set(Some(offset));
                            tell(context, call, "clock", |event| {
                                event.with("offsetMs", Json::Number(offset as f64))
                            });
                        }
                    }
                }
            }
        }
    }
}

/// Tells of progress of a call, when anybody listens.
fn tell(context: &Context, call: &Call, kind: &str, more: impl FnOnce(Json) -> Json) {
    if context.is_heard() {
        let event = Json::object()
            .with("type", Json::text(kind))
            .with("operation", Json::text(call.operation().name))
            .with("attempt", Json::Number(call.attempts().into()));
        context.emit(more(event), "", &JsValue::UNDEFINED);
    }
}

/// The one look-up of a project id that is under way or done for a key.
fn look_up(context: &Context, key: String) -> JsValue {
    let known = platform::remember(&key, None);
    known.map_or_else(
        || {
            let region = context.config.region.clone().unwrap_or_default();
            let args = Json::object().with("region", Json::text(&region));
            let context = Rc::new(context.without_signal(args));
            let promise = super::client::start(context, super::client::Task::LookUp);
            platform::remember(&key, Some(&promise));
            promise.into()
        },
        JsValue::from,
    )
}

fn fetch_of(context: &Context) -> Option<Function> {
    match &context.fetch {
        Some(fetch) => Some(fetch.clone()),
        None => global_member("fetch").dyn_into().ok(),
    }
}

/// The request, and what cancels it.
fn build(
    method: &str,
    url: &str,
    headers: &[(String, String)],
) -> Result<(Request, AbortController), JsValue> {
    let controller = AbortController::new()?;
    let js_headers = JsHeaders::new()?;
    for (name, value) in headers {
        js_headers.set(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method(method);
    init.set_headers(&js_headers);
    init.set_signal(Some(&controller.signal()));
    // Workers of the edge kind know neither `redirect: "error"` nor the other options; what `manual` gives there, a 3xx,
    // is refused by the core.
    init.set_redirect(RequestRedirect::Manual);
    let plain = init.clone();
    let guarded: RequestInit =
        js_sys::Object::assign(&js_sys::Object::new(), &plain).unchecked_into();
    guarded.set_redirect(RequestRedirect::Error);
    guarded.set_credentials(RequestCredentials::Omit);
    guarded.set_referrer_policy(ReferrerPolicy::NoReferrer);
    guarded.set_cache(RequestCache::NoStore);
    let request = Request::new_with_str_and_init(url, &guarded)
        .or_else(|_| Request::new_with_str_and_init(url, &plain))?;
    Ok((request, controller))
}

/// The answer, from what `platform.js` has read.
fn to_response(answer: &Array) -> Response {
    // A number that is NaN is not there.
    let number = |at| answer.get(at).as_f64().filter(|number| !number.is_nan());
    let text = |at: u32| answer.get(at).dyn_into::<JsString>().ok().map(String::from);
    let seconds = number(3).map(|seconds| RetryAfter::Seconds(seconds as u32));
    Response {
        status: number(0).unwrap_or_default() as u16,
        request_id: text(1),
        date_ms: number(2).map(|ms| ms as i64),
        retry_after: seconds.or_else(|| number(4).map(|ms| RetryAfter::Date(ms as i64))),
        body: text(5).unwrap_or_default(),
        json: text(6).map(|packed| Json::unpack(&packed)),
    }
}

/// Where a request goes, and what its signature is for.
struct Target<'a> {
    operation: &'static Operation,
    /// The real URL, which is signed.
    real: String,
    /// Where it is sent.
    url: String,
    /// Empty for IAM.
    project: &'a str,
}

/// A signature.
enum Signing {
    /// Made.
    Done(Vec<(String, String)>),
    /// Asked of a back end.
    Asked(JsValue),
}

impl<'a> Target<'a> {
    fn new(
        context: &Context,
        operation: &'static Operation,
        endpoint: usize,
        path: &str,
        project: &'a str,
    ) -> Result<Self, Error> {
        let config = &context.config;
        let origin = if project.is_empty() {
            config.iam_endpoint.as_ref()
        } else {
            config.endpoints.get(endpoint)
        };
        let origin = origin.ok_or_else(|| Error::invalid("endpoint", "is missing"))?;
        let real = [origin, path].concat();
        let url = match &config.via {
            Some(via) if !project.is_empty() => [via, path].concat(),
            _ => real.clone(),
        };
        Ok(Self {
            operation,
            real,
            url,
            project,
        })
    }

    /// The headers of one attempt, signed; or the promise of a remote signer.
    fn sign(
        &self,
        context: &Context,
        credential: Option<&Credential>,
        offset: i64,
    ) -> Result<Signing, Fail> {
        let mut headers = Headers::default();
        if !self.project.is_empty() {
            headers.set(header::CONTENT_TYPE, b"application/json");
            headers.set(header::X_PROJECT_ID, self.project.as_bytes());
        }
        let key = match credential.map(|credential| &credential.0.core) {
            Some(Core::Token(token)) => {
                headers.set(header::X_AUTH_TOKEN, token.expose());
                return Ok(Signing::Done(headers.texts()));
            }
            Some(Core::AccessKey(key)) => Some(key),
            None => None,
        };
        if let Some(token) = key.and_then(|key| key.security_token()) {
            headers.set(header::X_SECURITY_TOKEN, token.expose());
        }
        let config = &context.config;
        // The official cores look a project id up without the derived key.
        let derived = config.algorithm == Algorithm::V11HmacSha256 && self.project.is_empty();
        let url = Url::parse(&self.real, "endpoint")?;
        let host = url.host();
        let request = Unsigned {
            method: self.operation.method.as_bytes(),
            url,
            headers,
            payload: Payload::Bytes(&[]),
            date: SdkDate::from_unix_ms(now_ms() + offset),
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
        let prepared = request.prepare()?;
        match (key, &context.source) {
            (Some(key), _) => {
                let mut signed = prepared.headers.texts();
                signed.push((
                    header::AUTHORIZATION.to_owned(),
                    prepared.authorization(key)?,
                ));
                Ok(Signing::Done(signed))
            }
            (None, Source::Signer(signer)) => {
                let request = self.to_sign(&host, &prepared);
                match signer.call1(&JsValue::UNDEFINED, &request) {
                    Ok(signed) => Ok(Signing::Asked(signed)),
                    Err(thrown) => Err(signer_failed(thrown)),
                }
            }
            (None, _) => Err(Error::credentials("no credentials").into()),
        }
    }

    /// What a remote signer is given.
    fn to_sign(&self, host: &str, prepared: &Prepared<'_>) -> JsValue {
        let mut headers = Json::object().with("Host", Json::text(host));
        for (name, value) in prepared.headers.texts() {
            headers = headers.with(&name, Json::String(value));
        }
        let hash = prepared
            .canonical_request()
            .rsplit('\n')
            .next()
            .unwrap_or_default();
        platform::to_js(
            &Json::object()
                .with("method", Json::text(self.operation.method))
                .with("url", Json::text(&self.real))
                .with("headers", headers)
                .with("bodySha256", Json::text(hash))
                .with("canonicalRequest", Json::text(prepared.canonical_request()))
                .with("stringToSign", Json::text(prepared.string_to_sign())),
        )
    }
}

fn signer_failed(thrown: JsValue) -> Fail {
    Fail::Error(Error::credentials("the signer failed"), thrown)
}

fn signer_gave(ended: Ended) -> Result<Vec<(String, String)>, Fail> {
    match ended {
        Ended::Value(signed) => Ok(remote_headers(&signed)?),
        Ended::Thrown(thrown, _) => Err(signer_failed(thrown)),
        Ended::Abort(reason) => Err(Fail::Thrown(reason)),
        Ended::Time => Err(Error::credentials("the signer did not answer in time").into()),
    }
}

/// Looks the project id of the region up.
pub async fn look_up_project(context: &Context) -> Result<JsValue, Fail> {
    let done = execute(context, &list_projects::OPERATION, &context.args).await;
    let (response, _) = done.result?;
    let region = context.args.str("region").unwrap_or_default();
    let id = list_projects::only_project(&response.json.unwrap_or_default(), region)?;
    Ok(id.into())
}
