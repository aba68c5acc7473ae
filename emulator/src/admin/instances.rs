//! `/_emulator/instances/{instance_id}...`: changing an instance while it exists.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::json;
use tokio::time::sleep;

use crate::app::App;
use crate::faults::world::somebody_swaps;
use crate::fleet::instance::Instance;
use crate::fleet::task::{NewTask, Task};

use super::{Done, Unusable, read};

fn find(app: &App, id: &str) -> Result<Arc<Instance>, Unusable> {
    app.fleet
        .get(id)
        .ok_or_else(|| Unusable(format!("there is no instance {id}")))
}

/// Changes the settings that the body names, and answers with all of them.
pub async fn change(State(app): State<Arc<App>>, Path(id): Path<String>, body: Bytes) -> Done {
    let instance = find(&app, &id)?;
    instance.change(read(&body)?).map_err(Unusable)?;
    Ok(Json(json!(instance.settings())))
}

/// A new standby.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewNode {
    /// Its zone; the instance's first unless given.
    az_code: Option<String>,
}

/// Adds a standby.
pub async fn add_node(State(app): State<Arc<App>>, Path(id): Path<String>, body: Bytes) -> Done {
    let instance = find(&app, &id)?;
    let wanted: NewNode = read(&body)?;
    instance.nodes.add(wanted.az_code).map_err(Unusable)?;
    let groups = instance.groups().await.map_err(Unusable)?;
    Ok(Json(json!({ "nodes": groups.first() })))
}

/// Adds a background task.
pub async fn add_task(State(app): State<Arc<App>>, Path(id): Path<String>, body: Bytes) -> Done {
    let instance = find(&app, &id)?;
    let task: Task = read::<NewTask>(&body)?.into();
    let listed = task.listed();
    instance.add_task(task);
    Ok(Json(listed))
}

/// A swap by somebody else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct OtherSwap {
    /// When it begins, from now.
    after_ms: u64,
    /// How long it takes; it is over at once unless given.
    job_ms: u64,
}

/// Lets somebody else swap, now or later.
pub async fn swap(State(app): State<Arc<App>>, Path(id): Path<String>, body: Bytes) -> Done {
    let instance = find(&app, &id)?;
    let wanted: OtherSwap = read(&body)?;
    let length = Duration::from_millis(wanted.job_ms);
    if wanted.after_ms == 0 {
        somebody_swaps(&app, &instance, length).await;
    } else {
        tokio::spawn(async move {
            sleep(Duration::from_millis(wanted.after_ms)).await;
            somebody_swaps(&app, &instance, length).await;
        });
    }
    Ok(Json(json!({ "begun": wanted.after_ms == 0 })))
}
