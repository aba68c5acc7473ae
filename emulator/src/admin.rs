//! `/_emulator/...`: arming faults and reading the truth. Unsigned, on loopback only.

mod instances;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::{App, Project};
use crate::auth::credentials::Registration;
use crate::clock::real_ms;
use crate::config::printed;
use crate::faults::{Armed, Fault};
use crate::fleet::instance::{Instance, Overrides};
use crate::service::id_token::{self, NewToken};
use crate::service::metadata::Metadata;
use crate::service::sts::Sts;
use crate::service::{Operation, is_hex32};
use crate::{cors, lock};

/// The admin addresses.
pub fn routes(app: Arc<App>) -> Router {
    Router::new()
        .route("/_emulator/config", get(config))
        .route("/_emulator/state", get(state))
        .route("/_emulator/faults", get(armed).post(arm).delete(disarm))
        .route("/_emulator/instances", post(create))
        .route("/_emulator/instances/{id}", post(instances::change))
        .route("/_emulator/instances/{id}/nodes", post(instances::add_node))
        .route("/_emulator/instances/{id}/tasks", post(instances::add_task))
        .route("/_emulator/instances/{id}/swap", post(instances::swap))
        .route("/_emulator/permissions", post(permissions))
        .route("/_emulator/credentials", post(register))
        .route("/_emulator/projects", post(projects))
        .route("/_emulator/metadata", post(metadata))
        .route("/_emulator/identity", post(identity))
        .route("/_emulator/id-tokens", post(issue_id_token))
        .route("/_emulator/lock", post(unlock))
        .route("/_emulator/reset", post(reset))
        .layer(middleware::from_fn(open))
        .with_state(app)
}

/// Lets test pages of any origin in.
async fn open(request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS {
        return cors::preflight(request.headers());
    }
    let mut response = next.run(request).await;
    cors::allow(response.headers_mut());
    response
}

/// An answer to what could not be used.
struct Unusable(String);

impl IntoResponse for Unusable {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({ "error": self.0 }))).into_response()
    }
}

type Done = Result<Json<Value>, Unusable>;

/// Reads JSON whatever the content type says, so that a page needs no preflight.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Unusable> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|e| Unusable(e.to_string()))
}

/// One, or a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Value>),
    One(Value),
}

async fn config(State(app): State<Arc<App>>) -> Json<Value> {
    Json(printed(&app.options.region))
}

async fn armed(State(app): State<Arc<App>>) -> Json<Value> {
    Json(json!(lock(&app.faults).armed()))
}

async fn arm(State(app): State<Arc<App>>, body: Bytes) -> Done {
    let wanted = match read(&body)? {
        OneOrMany::Many(list) => list,
        OneOrMany::One(one) => vec![one],
    };
    // Each is read on its own, so that the message names the wrong field.
    let wanted: Vec<Armed> = wanted
        .into_iter()
        .map(|value| serde_json::from_value(value).map_err(|e| Unusable(e.to_string())))
        .collect::<Result<_, _>>()?;
    for one in &wanted {
        one.check().map_err(Unusable)?;
    }
    for one in wanted {
        match one.fault {
            Fault::Clock { offset_ms } => app.clock.set_offset_ms(offset_ms),
            _ => lock(&app.faults).arm(one),
        }
    }
    Ok(Json(json!({ "armed": lock(&app.faults).armed().len() })))
}

async fn disarm(State(app): State<Arc<App>>) -> Json<Value> {
    *lock(&app.faults) = crate::faults::Faults::default();
    app.clock.set_offset_ms(0);
    Json(json!({ "armed": 0 }))
}

async fn create(State(app): State<Arc<App>>, body: Bytes) -> Done {
    let wanted = Overrides::read(read(&body)?).map_err(Unusable)?;
    let made = app
        .fleet
        .create(wanted, app.options.redis)
        .await
        .map_err(Unusable)?;
    Ok(Json(json!({ "instance_id": made.id })))
}

/// What nobody may do.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Permissions {
    /// Names of operations.
    denied: BTreeSet<String>,
}

async fn permissions(State(app): State<Arc<App>>, body: Bytes) -> Done {
    let wanted: Permissions = read(&body)?;
    known_operations(wanted.denied.iter()).map_err(Unusable)?;
    *lock(&app.denied) = wanted.denied;
    Ok(Json(json!({ "set": true })))
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

async fn register(State(app): State<Arc<App>>, body: Bytes) -> Done {
    let wanted: Registration = read(&body)?;
    known_operations(wanted.denied.iter()).map_err(Unusable)?;
    let now = app.clock.now_ms();
    lock(&app.credentials)
        .register(wanted, now)
        .map_err(|e| Unusable(e.to_owned()))?;
    Ok(Json(json!({ "registered": true })))
}

/// What IAM lists.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Projects {
    /// `null` is the answer at the beginning.
    projects: Option<Vec<Project>>,
}

async fn projects(State(app): State<Arc<App>>, body: Bytes) -> Done {
    let wanted: Projects = read(&body)?;
    let all = wanted.projects.as_deref().unwrap_or_default();
    if let Some(wrong) = all.iter().find(|p| !is_hex32(&p.id)) {
        return Err(Unusable(format!(
            "{:?} is not 32 lower-case hex digits",
            wrong.id
        )));
    }
    *lock(&app.projects) = wanted.projects;
    Ok(Json(json!({ "set": true })))
}

async fn metadata(State(app): State<Arc<App>>, body: Bytes) -> Done {
    *lock(&app.metadata) = read::<Metadata>(&body)?;
    Ok(Json(json!({ "set": true })))
}

async fn identity(State(app): State<Arc<App>>, body: Bytes) -> Done {
    *lock(&app.sts) = read::<Sts>(&body)?;
    Ok(Json(json!({ "set": true })))
}

async fn issue_id_token(body: Bytes) -> Done {
    let wanted: NewToken = read(&body)?;
    Ok(Json(json!({ "id_token": id_token::issue(&wanted) })))
}

/// Which key to unlock.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unlock {
    /// All keys when left out.
    ak: Option<String>,
}

async fn unlock(State(app): State<Arc<App>>, body: Bytes) -> Done {
    let wanted: Unlock = read(&body)?;
    lock(&app.credentials).unlock(wanted.ak.as_deref());
    Ok(Json(json!({ "unlocked": true })))
}

async fn reset(State(app): State<Arc<App>>) -> Done {
    app.reset().await.map_err(Unusable)?;
    Ok(Json(json!({ "reset": true })))
}

/// How much to show of what grows.
#[derive(Deserialize)]
struct Shown {
    /// Entries of the log, the last ones.
    requests: Option<usize>,
    /// Jobs of each instance, the last ones.
    jobs: Option<usize>,
}

/// Entries, and jobs, when nothing is said.
const SHOWN: usize = 100;

async fn state(State(app): State<Arc<App>>, Query(shown): Query<Shown>) -> Json<Value> {
    let mut instances = serde_json::Map::new();
    for instance in app.fleet.all() {
        instances.insert(
            instance.id.clone(),
            describe(&app, &instance, shown.jobs.unwrap_or(SHOWN)).await,
        );
    }
    let journal = lock(&app.journal);
    Json(json!({
        "region": app.options.region,
        "clock_offset_ms": app.clock.offset_ms(),
        "counters": journal.counters(),
        "instances": instances,
        "faults": lock(&app.faults).armed(),
        "locked_access_keys": lock(&app.credentials).locked(real_ms() + app.clock.offset_ms()),
        "requests": journal.last(shown.requests.unwrap_or(SHOWN)),
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
        "jobs": app.fleet.last_jobs(&instance.id, jobs),
    })
}
