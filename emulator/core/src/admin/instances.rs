//! `/_emulator/instances/{instance_id}...`: changing an instance while it exists.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::faults::world::somebody_swaps;
use crate::fleet::instance::Instance;
use crate::fleet::task::{NewTask, Task};

use super::{Done, read};

fn find(app: &App, id: &str) -> Result<Arc<Instance>, String> {
    app.fleet
        .get(id)
        .ok_or_else(|| format!("there is no instance {id}"))
}

/// Changes the settings that the body names, and answers with all of them.
pub fn change(app: &App, id: &str, body: &Bytes) -> Done {
    let instance = find(app, id)?;
    instance.change(read(body)?)?;
    Ok(json!(instance.settings()))
}

/// A new standby.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewNode {
    /// Its zone; the instance's first unless given.
    az_code: Option<String>,
}

/// Adds a standby.
pub async fn add_node(app: &Arc<App>, id: &str, body: &Bytes) -> Done {
    let instance = find(app, id)?;
    let wanted: NewNode = read(body)?;
    instance.nodes.add(wanted.az_code)?;
    let groups = instance.groups().await?;
    Ok(json!({ "nodes": groups.first() }))
}

/// Adds a background task.
pub fn add_task(app: &App, id: &str, body: &Bytes) -> Done {
    let instance = find(app, id)?;
    let task = Task::new(read::<NewTask>(body)?, &*app.world);
    let listed = task.listed();
    instance.add_task(task);
    Ok(listed)
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
pub async fn swap(app: &Arc<App>, id: &str, body: &Bytes) -> Done {
    let instance = find(app, id)?;
    let wanted: OtherSwap = read(body)?;
    let length = Duration::from_millis(wanted.job_ms);
    if wanted.after_ms == 0 {
        somebody_swaps(app, &instance, length).await;
    } else {
        let (app, world) = (Arc::clone(app), Arc::clone(&app.world));
        world.spawn(Box::pin(async move {
            app.world
                .sleep(Duration::from_millis(wanted.after_ms))
                .await;
            somebody_swaps(&app, &instance, length).await;
        }));
    }
    Ok(json!({ "begun": wanted.after_ms == 0 }))
}
