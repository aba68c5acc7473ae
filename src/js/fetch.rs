//! Sending with the fetch API: one attempt, cancelled at its deadline, its answer read to a bound.

use js_sys::{Function, JSON, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    AbortController, AbortSignal, Headers as JsHeaders, ReadableStreamDefaultReader,
    ReferrerPolicy, Request, RequestCache, RequestCredentials, RequestInit, RequestRedirect,
    Response as JsResponse,
};

use super::timer::{Deadline, Reached, global_member};
use crate::http::{Failure, MAX_BODY_BYTES, Response};
use crate::json::Json;
use crate::sign::{Headers, to_byte_string};

/// An answer: as the core has it, and its JSON as JavaScript has it.
pub struct Answer {
    /// For the core.
    pub response: Response,
    /// The parsed body; undefined when it is no JSON.
    pub value: JsValue,
}

/// Why an attempt gave no answer.
pub enum Stop {
    /// For the core.
    Failure(Failure, Option<JsValue>),
    /// The caller's signal, with its reason.
    Abort(JsValue),
}

/// What one attempt needs.
pub struct Attempt<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Where it is sent.
    pub url: &'a str,
    /// Signed.
    pub headers: &'a Headers,
    /// Of the caller.
    pub signal: Option<&'a AbortSignal>,
    /// Of this attempt.
    pub timeout_ms: u32,
    /// Instead of the global one.
    pub fetch: Option<&'a Function>,
    /// Texts that an answer must not bring back (tokens).
    pub secrets: &'a [&'a str],
}

impl Attempt<'_> {
    /// Sends, and reads the answer.
    ///
    /// # Errors
    /// No answer: see [`Stop`].
    pub async fn run(&self) -> Result<Answer, Stop> {
        let not_sent = |text: &str, cause| Stop::Failure(Failure::NotSent(text.to_owned()), cause);
        let fetch = match self.fetch {
            Some(fetch) => fetch.clone(),
            None => global_member("fetch")
                .dyn_into()
                .map_err(|_| not_sent("there is no fetch here; give the option fetch", None))?,
        };
        let controller =
            AbortController::new().map_err(|error| not_sent("no AbortController", Some(error)))?;
        let request = self
            .request(&controller.signal())
            .map_err(|error| not_sent("the request cannot be built", Some(error)))?;
        let deadline = Deadline::new(self.timeout_ms, self.signal);
        let answer = self.exchange(&fetch, &request, &deadline).await;
        if answer.is_err() {
            controller.abort();
        }
        answer
    }

    fn request(&self, signal: &AbortSignal) -> Result<Request, JsValue> {
        let headers = JsHeaders::new()?;
        for (name, value) in self.headers.iter() {
            headers.set(name, &to_byte_string(value))?;
        }
        let init = RequestInit::new();
        init.set_method(self.method);
        init.set_headers(&headers);
        init.set_signal(Some(signal));
        init.set_redirect(RequestRedirect::Error);
        init.set_credentials(RequestCredentials::Omit);
        init.set_referrer_policy(ReferrerPolicy::NoReferrer);
        init.set_cache(RequestCache::NoStore);
        Request::new_with_str_and_init(self.url, &init).or_else(|_| {
            // Workers of the edge kind know neither these options nor `redirect: "error"`; what `manual` gives there, a
            // 3xx, is refused by the core.
            let init = RequestInit::new();
            init.set_method(self.method);
            init.set_headers(&headers);
            init.set_signal(Some(signal));
            init.set_redirect(RequestRedirect::Manual);
            Request::new_with_str_and_init(self.url, &init)
        })
    }

    async fn exchange(
        &self,
        fetch: &Function,
        request: &Request,
        deadline: &Deadline,
    ) -> Result<Answer, Stop> {
        let promise = fetch
            .call1(&JsValue::UNDEFINED, request)
            .map(|promise| Promise::resolve(&promise))
            .map_err(|error| connection(error))?;
        let response = self.wait(deadline, &promise).await?;
        // Not `dyn_into`: a fetch of another realm, or a test's, gives another class.
        let response: JsResponse = response.unchecked_into();
        let status = read(&response, "status").as_f64().unwrap_or_default() as u16;
        if !(200..600).contains(&status) {
            let text = "fetch gave no usable response (an opaque one, or another object)";
            return Err(Stop::Failure(Failure::Connection(text.to_owned()), None));
        }
        let header = |name: &str| header(&response, name);
        let mut answer = Response {
            status,
            request_id: header("x-request-id"),
            date: header("date"),
            retry_after: header("retry-after"),
            ..Response::default()
        };
        match self.body(&response, deadline).await {
            Ok(body) => answer.body = body,
            // What matters of an error is its status; of a good answer, its body.
            Err(Stop::Failure(..)) if status >= 400 => {}
            Err(stop) => return Err(stop),
        }
        for secret in self.secrets {
            if secret.len() >= 8 && answer.body.contains(secret) {
                answer.body = answer.body.replace(secret, "***");
            }
        }
        let value = JSON::parse(&answer.body).unwrap_or_default();
        answer.json = serde_wasm_bindgen::from_value::<Json>(value.clone()).ok();
        if answer.body.is_empty() {
            answer.json = None;
        }
        Ok(Answer {
            response: answer,
            value,
        })
    }

    /// The text of the body, to the bound; the rest is cancelled.
    async fn body(&self, response: &JsResponse, deadline: &Deadline) -> Result<String, Stop> {
        let stream = read(response, "body");
        if stream.is_null() || stream.is_undefined() {
            return Ok(String::new());
        }
        let reader = call(&stream, "getReader").map_err(connection)?;
        let reader: ReadableStreamDefaultReader = reader.unchecked_into();
        let mut bytes = Vec::new();
        loop {
            let chunk = match self.wait(deadline, &reader.read()).await {
                Ok(chunk) => chunk,
                Err(stop) => {
                    ignore(reader.cancel());
                    return Err(stop);
                }
            };
            if read(&chunk, "done").is_truthy() {
                break;
            }
            let chunk = Uint8Array::new(&read(&chunk, "value"));
            let room = (MAX_BODY_BYTES - bytes.len()).min(chunk.length() as usize);
            bytes.extend_from_slice(&chunk.subarray(0, room as u32).to_vec());
            if bytes.len() == MAX_BODY_BYTES {
                ignore(reader.cancel());
                break;
            }
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn wait(&self, deadline: &Deadline, promise: &Promise) -> Result<JsValue, Stop> {
        match deadline.guard(promise).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(connection(error)),
            Err(Reached::Time) => Err(Stop::Failure(Failure::Timeout(self.timeout_ms), None)),
            Err(Reached::Abort(reason)) => Err(Stop::Abort(reason)),
        }
    }
}

/// The failure of a `fetch` that threw.
fn connection(error: JsValue) -> Stop {
    let text = |value: &JsValue| read(value, "message").as_string();
    // Node says "fetch failed" and gives the reason as the cause.
    let cause = text(&read(&error, "cause")).filter(|cause| !cause.is_empty());
    let message = match (text(&error), cause) {
        (Some(message), Some(cause)) => [&*message, ": ", &cause].concat(),
        (Some(message), None) => message,
        _ => "fetch failed".to_owned(),
    };
    Stop::Failure(Failure::Connection(message), Some(error))
}

/// A member; undefined where it cannot be read.
fn read(value: &JsValue, name: &str) -> JsValue {
    Reflect::get(value, &name.into()).unwrap_or_default()
}

fn call(value: &JsValue, name: &str) -> Result<JsValue, JsValue> {
    read(value, name).dyn_into::<Function>()?.call0(value)
}

fn header(response: &JsResponse, name: &str) -> Option<String> {
    let headers = read(response, "headers");
    let get: Function = read(&headers, "get").dyn_into().ok()?;
    let value = get.call1(&headers, &name.into()).ok()?.as_string()?;
    (!value.is_empty()).then(|| {
        value
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect()
    })
}

/// Lets a promise end as it will.
fn ignore(promise: Promise) {
    wasm_bindgen_futures::spawn_local(async {
        let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
    });
}
