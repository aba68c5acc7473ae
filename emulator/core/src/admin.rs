//! `/_emulator/...`: arming faults and reading the truth. Unsigned, on loopback only.

mod instances;

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::{App, Project};
use crate::auth::credentials::Registration;
use crate::config::printed;
use crate::errors::answer;
use crate::faults::{Armed, Fault};
use crate::fleet::instance::{Instance, Overrides};
use crate::service::id_token::{self, NewToken};
use crate::service::metadata::Metadata;
use crate::service::sts::Sts;
use crate::service::{Operation, is_hex32, parameter};
use crate::{cors, lock};

/// Where the admin addresses begin.
pub const PREFIX: &str = "/_emulator/";

/// Answers a request to an admin address, from any origin.
pub async fn handle(app: &Arc<App>, parts: &Parts, path: &str, body: &Bytes) -> Response<Bytes> {
    if parts.method == Method::OPTIONS {
        return cors::preflight(&parts.headers);
    }
    let query = parts.uri.query().unwrap_or_default();
    let mut response = match run(app, &parts.method, path, query, body).await {
        Ok(value) => answer(200, value),
        Err(Refusal::Unusable(why)) => answer(400, json!({ "error": why })),
        Err(Refusal::NoAddress) => answer(404, json!({ "error": "there is no such address" })),
    };
    cors::allow(response.headers_mut());
    response
}

/// Why there is nothing to answer.
enum Refusal {
    /// What was sent cannot be used.
    Unusable(String),
    /// No address, or not with this method.
    NoAddress,
}

impl From<String> for Refusal {
    fn from(why: String) -> Self {
        Self::Unusable(why)
    }
}

type Done = Result<Value, String>;

async fn run(
    app: &Arc<App>,
    method: &Method,
    path: &str,
    query: &str,
    body: &Bytes,
) -> Result<Value, Refusal> {
    let segments: Vec<&str> = path.split('/').collect();
    let done = match (method.as_str(), &segments[..]) {
        ("GET", ["config"]) => Ok(printed(&app.options.region)),
        ("GET", ["state"]) => state(app, query).await,
        ("GET", ["faults"]) => Ok(json!(lock(&app.faults).armed())),
        ("POST", ["faults"]) => arm(app, body),
        ("DELETE", ["faults"]) => Ok(disarm(app)),
        ("POST", ["instances"]) => create(app, body).await,
        ("POST", ["instances", id]) => instances::change(app, id, body),
        ("POST", ["instances", id, "nodes"]) => instances::add_node(app, id, body).await,
        ("POST", ["instances", id, "tasks"]) => instances::add_task(app, id, body),
        ("POST", ["instances", id, "swap"]) => instances::swap(app, id, body).await,
        ("POST", ["permissions"]) => permissions(app, body),
        ("POST", ["credentials"]) => register(app, body),
        ("POST", ["projects"]) => projects(app, body),
        ("POST", ["metadata"]) => metadata(app, body),
        ("POST", ["identity"]) => identity(app, body),
        ("POST", ["id-tokens"]) => issue_id_token(app, body),
        ("POST", ["lock"]) => unlock(app, body),
        ("POST", ["reset"]) => app.reset().await.map(|()| json!({ "reset": true })),
        _ => return Err(Refusal::NoAddress),
    };
    Ok(done?)
}

/// Reads JSON whatever the content type says, so that a page needs no preflight.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, String> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|e| e.to_string())
}

/// One, or a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Value>),
    One(Value),
}

fn arm(app: &App, body: &Bytes) -> Done {
    let wanted = match read(body)? {
        OneOrMany::Many(list) => list,
        OneOrMany::One(one) => vec![one],
    };
    // Each is read on its own, so that the message names the wrong field.
    let wanted: Vec<Armed> = wanted
        .into_iter()
        .map(|value| serde_json::from_value(value).map_err(|e| e.to_string()))
        .collect::<Result<_, _>>()?;
    for one in &wanted {
        one.check()?;
    }
    for one in wanted {
        match one.fault {
            Fault::Clock { offset_ms } => app.clock.set_offset_ms(offset_ms),
            _ => lock(&app.faults).arm(one),
        }
    }
    Ok(json!({ "armed": lock(&app.faults).armed().len() }))
}

fn disarm(app: &App) -> Value {
    *lock(&app.faults) = crate::faults::Faults::default();
    app.clock.set_offset_ms(0);
    json!({ "armed": 0 })
}

async fn create(app: &App, body: &Bytes) -> Done {
    let wanted = Overrides::read(read(body)?)?;
    let made = app.fleet.create(wanted).await?;
    Ok(json!({ "instance_id": made.id }))
}

/// What nobody may do.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Permissions {
    /// Names of operations.
    denied: BTreeSet<String>,
}

fn permissions(app: &App, body: &Bytes) -> Done {
    let wanted: Permissions = read(body)?;
    known_operations(wanted.denied.iter())?;
    *lock(&app.denied) = wanted.denied;
    Ok(json!({ "set": true }))
}

fn known_operations<'a>(names: impl Iterator<Item = &'a String>) -> Result<(), String> {
    let mut names = names;
    match names.find(|name| !Operation::NAMES.contains(&name.as_str())) {
        Some(wrong) => Err(format!(
            "denied: {wrong:?} is none of {:?}",
            Operation::NAMES
        )),
        None => Ok(()),
    }
}

fn register(app: &App, body: &Bytes) -> Done {
    let wanted: Registration = read(body)?;
    known_operations(wanted.denied.iter())?;
    let now = app.clock.now_ms();
    lock(&app.credentials)
        .register(wanted, now)
        .map_err(str::to_owned)?;
    Ok(json!({ "registered": true }))
}

/// What IAM lists.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Projects {
    /// `null` is the answer at the beginning.
    projects: Option<Vec<Project>>,
}

fn projects(app: &App, body: &Bytes) -> Done {
    let wanted: Projects = read(body)?;
    let all = wanted.projects.as_deref().unwrap_or_default();
    if let Some(wrong) = all.iter().find(|p| !is_hex32(&p.id)) {
        return Err(format!("{:?} is not 32 lower-case hex digits", wrong.id));
    }
    *lock(&app.projects) = wanted.projects;
    Ok(json!({ "set": true }))
}

fn metadata(app: &App, body: &Bytes) -> Done {
    *lock(&app.metadata) = read::<Metadata>(body)?;
    Ok(json!({ "set": true }))
}

fn identity(app: &App, body: &Bytes) -> Done {
    *lock(&app.sts) = read::<Sts>(body)?;
    Ok(json!({ "set": true }))
}

fn issue_id_token(app: &App, body: &Bytes) -> Done {
    let wanted: NewToken = read(body)?;
    Ok(json!({ "id_token": id_token::issue(&wanted, app.world.now_ms()) }))
}

/// Which key to unlock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unlock {
    /// All keys when left out.
    ak: Option<String>,
}

fn unlock(app: &App, body: &Bytes) -> Done {
    let wanted: Unlock = read(body)?;
    lock(&app.credentials).unlock(wanted.ak.as_deref());
    Ok(json!({ "unlocked": true }))
}

/// Entries of the log, and jobs of each instance, when nothing is said.
const SHOWN: usize = 100;

async fn state(app: &App, query: &str) -> Done {
    let shown = |name: &str| match parameter(query, name) {
        Some(text) => text
            .parse()
            .map_err(|_| format!("{name}: {text:?} is no number")),
        None => Ok(SHOWN),
    };
    let (requests, jobs) = (shown("requests")?, shown("jobs")?);
    let mut instances = serde_json::Map::new();
    for instance in app.fleet.all() {
        let described = describe(app, &instance, jobs).await;
        instances.insert(instance.id.clone(), described);
    }
    let journal = lock(&app.journal);
    Ok(json!({
        "region": app.options.region,
        "clock_offset_ms": app.clock.offset_ms(),
        "counters": journal.counters(),
        "instances": instances,
        "faults": lock(&app.faults).armed(),
        "locked_access_keys": lock(&app.credentials).locked(app.clock.now_ms()),
        "requests": journal.last(requests),
    }))
}

async fn describe(app: &App, instance: &Instance, jobs: usize) -> Value {
    let (nodes, trouble) = match instance.groups().await {
        Ok(groups) => (groups, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    json!({
        "name": instance.name,
        "status": instance.status(),
        "settings": instance.settings(),
        "cache_mode": instance.cache_mode,
        "nodes": nodes.first().cloned().unwrap_or_default(),
        "groups": nodes,
        "trouble": trouble,
        "counters": instance.counters.printed(),
        "roles_changed_ms": instance.changed_ms(),
        "jobs": app.fleet.last_jobs(&instance.id, jobs),
    })
}
