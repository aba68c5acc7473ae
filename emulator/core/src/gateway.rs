//! The way of a request: fault, authentication, operation, fault, log.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::header::HeaderValue;
use http::request::Parts;
use http::{Method, Response};

use crate::app::App;
use crate::auth::{self, Identity, RawRequest};
use crate::errors::{self, Dcs};
use crate::faults::{Fault, Nth, Target, When, apply, edit, world};
use crate::journal::Entry;
use crate::script::Script;
use crate::service::{self, Call, Operation};
use crate::{cors, lock};

/// Logs its entry when dropped, also when the caller went away and the request with it.
struct Logged {
    app: Arc<App>,
    entry: Entry,
}

impl Drop for Logged {
    fn drop(&mut self) {
        lock(&self.app.journal).add(std::mem::take(&mut self.entry));
    }
}

/// Answers any request to a service; one whose body is too long has none.
pub async fn handle(app: &Arc<App>, parts: &Parts, body: Option<Bytes>) -> Response<Bytes> {
    if parts.method == Method::OPTIONS {
        return preflight(app, parts);
    }
    let operation = Operation::of(parts.method.as_str(), parts.uri.path());
    let faults = match &operation {
        Ok(operation) => lock(&app.faults).take(&target(operation, parts)),
        Err(_) => Vec::new(),
    };
    let mut logged = Logged {
        entry: entry(app, parts, &operation, &faults),
        app: Arc::clone(app),
    };
    let request_id = logged.entry.request_id.clone();
    let Some(body) = body else {
        logged.entry.status = 413;
        let message = "Request entity too large";
        return errors::gateway(413, "APIGW.0201", message, &request_id);
    };
    let arrived = Arrived {
        app,
        parts,
        body: &body,
        faults: &faults,
        request_id: &request_id,
    };
    let mut answer = match operation {
        Ok(operation) => arrived.answer(&mut logged.entry, &operation).await,
        Err(error) => error.answer(app.options.codes),
    };
    dress(app, &mut answer, &request_id, &faults);
    logged.entry.status = answer.status().as_u16();
    for fault in &faults {
        if answer.extensions().get::<Script>().is_none() {
            answer = apply::on_wire(fault, answer);
        }
    }
    logged.entry.outcome = answer
        .extensions()
        .get::<Script>()
        .map_or("answered", Script::outcome);
    answer
}

fn preflight(app: &App, parts: &Parts) -> Response<Bytes> {
    lock(&app.journal).preflight();
    let wanted = parts
        .headers
        .get("access-control-request-method")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let refused = Operation::of(wanted, parts.uri.path())
        .is_ok_and(|op| lock(&app.faults).refuses_preflight(&target(&op, parts)));
    if refused {
        Response::new(Bytes::new())
    } else {
        cors::preflight(&parts.headers)
    }
}

/// The access key that a request claims, before anything is checked.
fn claimed_key(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get("authorization")?.to_str().ok()?;
    let (_, rest) = header
        .split_once("Access=")
        .or_else(|| header.split_once("Credential="))?;
    rest.split([',', '/', ' '])
        .next()
        .filter(|key| key.len() <= 64)
}

/// The headers that a signature claims to cover.
fn claimed_headers(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get("authorization")?.to_str().ok()?;
    header.split_once("SignedHeaders=")?.1.split(',').next()
}

fn target<'a>(operation: &'a Operation, parts: &'a Parts) -> Target<'a> {
    Target {
        operation: operation.name(),
        instance_id: operation.instance_id(),
        access_key: claimed_key(parts),
    }
}

fn entry(app: &App, parts: &Parts, operation: &Result<Operation, Dcs>, faults: &[Fault]) -> Entry {
    let operation = operation.as_ref().ok();
    let kinds: Vec<String> = faults.iter().map(Fault::kind).collect();
    Entry {
        seq: 0,
        time: app.world.now_ms(),
        operation: operation.map(Operation::name),
        instance_id: operation
            .and_then(Operation::instance_id)
            .map(str::to_owned),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        status: 0,
        outcome: "abandoned",
        fault: (!faults.is_empty()).then(|| kinds.join("+")),
        access_key: claimed_key(parts).map(str::to_owned),
        authentication: None,
        signed: parts.headers.contains_key("authorization")
            || parts.headers.contains_key("x-auth-token"),
        signed_headers: claimed_headers(parts).map(str::to_owned),
        request_id: app.world.id(),
    }
}

fn count_swap(app: &App, operation: &Operation) {
    if operation.is_swap()
        && let Some(instance) = operation.instance_id().and_then(|id| app.fleet.get(id))
    {
        instance.counters.requests.fetch_add(1, Ordering::SeqCst);
    }
}

/// A request that arrived whole, with the faults that are for it.
struct Arrived<'a> {
    app: &'a Arc<App>,
    parts: &'a Parts,
    body: &'a Bytes,
    faults: &'a [Fault],
    request_id: &'a str,
}

impl Arrived<'_> {
    /// Its answer, whether the operation runs for it or not.
    async fn answer(&self, entry: &mut Entry, operation: &Operation) -> Response<Bytes> {
        count_swap(self.app, operation);
        let iam = operation.is_iam();
        let mut instead = None;
        for fault in self.faults {
            if instead.is_none() {
                instead = apply::before(self.app, fault, iam, self.request_id).await;
            }
        }
        let mut answer = match instead {
            Some(answer) => answer,
            None => self.ran(entry, operation).await,
        };
        for fault in self.faults {
            answer = apply::after(self.app, fault, iam, self.request_id, answer).await;
        }
        answer
    }

    /// The answer of the operation, which runs once, or twice where the request was doubled.
    async fn ran(&self, entry: &mut Entry, operation: &Operation) -> Response<Bytes> {
        world::happen(self.app, operation, self.faults, When::Before).await;
        let mut answer = self.run(entry, operation).await;
        let doubled = self.faults.iter().find_map(|fault| match fault {
            Fault::Doubled { answer, gap_ms } => Some((*answer, *gap_ms)),
            _ => None,
        });
        if let Some((copy, gap_ms)) = doubled {
            if gap_ms > 0 {
                self.app.world.sleep(Duration::from_millis(gap_ms)).await;
            }
            count_swap(self.app, operation);
            let second = self.run(entry, operation).await;
            if copy == Nth::Second {
                answer = second;
            }
        }
        for fault in self.faults {
            answer = edit::edit(self.app, operation, fault, self.request_id, answer);
        }
        world::happen(self.app, operation, self.faults, When::After).await;
        answer
    }

    async fn run(&self, entry: &mut Entry, operation: &Operation) -> Response<Bytes> {
        let mut identity = None;
        if operation.is_authenticated() {
            match authenticate(self.app, self.parts, self.body) {
                Ok(who) => identity = Some(who),
                Err(refusal) => {
                    lock(&self.app.journal).authentication_failed();
                    let code = errors::AUTHENTICATION_CODE;
                    return if operation.is_iam() {
                        errors::iam(401, &refusal.message)
                    } else {
                        errors::gateway(401, code, &refusal.message, self.request_id)
                    };
                }
            }
        }
        entry.authentication = identity.as_ref().map(|who| who.method);
        let call = Call {
            app: self.app,
            identity: identity.as_ref(),
            headers: &self.parts.headers,
            query: self.parts.uri.query().unwrap_or_default(),
            body: self.body,
            request_id: self.request_id,
            faults: self.faults,
        };
        let other = world::another(self.app, operation, self.faults);
        service::run(other.as_ref().unwrap_or(operation), &call).await
    }
}

fn authenticate(app: &App, parts: &Parts, body: &Bytes) -> Result<Identity, auth::Refusal> {
    let raw = RawRequest {
        method: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        headers: &parts.headers,
        body,
    };
    let now = app.clock.now_ms();
    auth::check(&raw, &mut lock(&app.credentials), &app.options.region, now)
}

/// The headers of every answer.
fn dress(app: &App, answer: &mut Response<Bytes>, request_id: &str, faults: &[Fault]) {
    let headers = answer.headers_mut();
    let mut set = |name: &'static str, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.entry(name).or_insert(value);
        }
    };
    set("x-request-id", request_id);
    set("date", &app.clock.http_date());
    set("server", "api-gateway");
    if !faults.iter().any(|f| matches!(f, Fault::NoCors { .. })) {
        cors::allow(headers);
    }
}
