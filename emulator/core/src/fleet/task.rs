//! The background tasks of an instance, in the words of `ListBackgroundTask`.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::iso;
use crate::world::World;

/// Who works on an instance besides the caller.
pub const SOMEBODY: &str = "somebody";
/// The user that every caller of the emulator is.
pub const CALLER: &str = "emulator";

/// One task.
#[derive(Clone, Debug)]
pub struct Task {
    /// 32 hex digits.
    pub id: String,
    /// What it does, for example `masterStandbySwapJob`.
    pub name: String,
    /// How far it is.
    pub status: String,
    /// Who began it.
    pub user_name: String,
    /// The job, where the task is one.
    pub job_id: Option<String>,
    /// The code of what went wrong.
    pub error_code: Option<String>,
    /// When it began, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it last changed.
    pub updated_ms: i64,
    /// From when on it is listed.
    pub listed_from_ms: i64,
}

/// A task as `POST /_emulator/instances/{instance_id}/tasks` takes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    /// What it does.
    pub name: String,
    /// `RUNNING` unless given.
    pub status: Option<String>,
    /// [`SOMEBODY`] unless given.
    pub user_name: Option<String>,
    /// The job.
    pub job_id: Option<String>,
    /// The code of what went wrong.
    pub error_code: Option<String>,
    /// When it began, in milliseconds since 1970; now unless given.
    pub created_ms: Option<i64>,
    /// How long it takes to appear in the list.
    #[serde(default)]
    pub delay_ms: i64,
}

impl Task {
    /// A task that somebody begins.
    pub fn new(new: NewTask, world: &dyn World) -> Self {
        let now = world.now_ms();
        let created_ms = new.created_ms.unwrap_or(now);
        Self {
            id: world.id(),
            name: new.name,
            status: new.status.unwrap_or_else(|| "RUNNING".to_owned()),
            user_name: new.user_name.unwrap_or_else(|| SOMEBODY.to_owned()),
            job_id: new.job_id,
            error_code: new.error_code,
            created_ms,
            updated_ms: created_ms,
            listed_from_ms: now + new.delay_ms,
        }
    }

    /// The item of the list.
    pub fn listed(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "status": self.status,
            "user_name": self.user_name,
            "user_id": user_id(&self.user_name),
            "params": "{}",
            "details": Value::Null,
            "created_at": iso(self.created_ms),
            "updated_at": iso(self.updated_ms),
            "error_code": self.error_code,
            "job_id": self.job_id,
            "enable_show": false,
        })
    }
}

/// 32 hex digits that are the same for the same name.
fn user_id(name: &str) -> String {
    let sum = name.bytes().fold(
        0x0a1b_2c3d_4e5f_6071_8293_a4b5_c6d7_e8f9_u128,
        |sum, byte| sum.rotate_left(5) ^ u128::from(byte),
    );
    format!("{sum:032x}")
}
