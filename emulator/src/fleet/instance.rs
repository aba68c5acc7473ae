//! One instance: what it is, its nodes, and how often it was swapped.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::AbortHandle;
use uuid::Uuid;

use crate::clock::real_ms;
use crate::lock;

use super::nodes::embedded::Embedded;
use super::nodes::redis::RedisPair;
use super::nodes::{Layout, Nodes};

/// The modes the service knows.
pub const CACHE_MODES: [&str; 5] = ["single", "ha", "cluster", "proxy", "ha_rw_split"];

/// What a new instance may differ in, as `POST /_emulator/instances` takes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overrides {
    /// A UUID; a random one when left out.
    pub instance_id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// One of [`CACHE_MODES`]; `ha` when left out.
    pub cache_mode: Option<String>,
    /// The status; `RUNNING` when left out.
    pub status: Option<String>,
    /// The status of the standbys: `Active` or `Inactive`.
    pub slave_status: Option<String>,
    /// `Redis` unless said otherwise.
    pub engine: Option<String>,
    /// `6.0` unless said otherwise.
    pub engine_version: Option<String>,
    /// Gigabytes.
    pub capacity: Option<u32>,
    /// Nodes of a group, the master among them.
    pub replica_count: Option<usize>,
    /// Groups.
    pub sharding_count: Option<usize>,
    /// Zones; the nodes are spread over them.
    pub az_codes: Option<Vec<String>>,
    /// How long a swap of this instance takes.
    pub job_ms: Option<u64>,
}

/// How often a swap was asked for, and what became of it.
#[derive(Debug, Default)]
pub struct Counters {
    /// Requests that arrived, whatever became of them.
    pub requests: AtomicU64,
    /// Swaps that really exchanged the roles.
    pub run: AtomicU64,
    /// Requests answered with an error by the service.
    pub refused: AtomicU64,
}

impl Counters {
    /// The figures as JSON.
    pub fn printed(&self) -> Value {
        json!({
            "swap_requests": self.requests.load(Ordering::SeqCst),
            "swaps_run": self.run.load(Ordering::SeqCst),
            "swaps_refused": self.refused.load(Ordering::SeqCst),
        })
    }
}

/// An instance.
pub struct Instance {
    /// Its UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its mode.
    pub cache_mode: String,
    /// Its engine.
    pub engine: String,
    /// The engine's version.
    pub engine_version: String,
    /// Gigabytes.
    pub capacity: u32,
    /// Its zones.
    pub az_codes: Vec<String>,
    /// The address that clients of the real service would use.
    pub ip: String,
    /// How long a swap takes, when not as the emulator was told.
    pub job_ms: Option<u64>,
    /// When it was created, in milliseconds since 1970.
    pub created_ms: i64,
    /// Nodes of a group.
    pub replica_count: usize,
    /// Groups.
    pub sharding_count: usize,
    /// The nodes.
    pub nodes: Box<dyn Nodes>,
    /// The figures.
    pub counters: Counters,
    status: Mutex<String>,
    busy: Mutex<bool>,
    job: Mutex<Option<AbortHandle>>,
}

impl Instance {
    /// Starts the nodes of a new instance.
    ///
    /// # Errors
    /// A wrong override, or what kept a node from starting.
    pub async fn start(number: usize, wanted: Overrides, redis: bool) -> Result<Self, String> {
        let mode = wanted.cache_mode.unwrap_or_else(|| "ha".to_owned());
        if !CACHE_MODES.contains(&mode.as_str()) {
            return Err(format!("cache_mode must be one of {CACHE_MODES:?}"));
        }
        let id = wanted
            .instance_id
            .unwrap_or_else(|| Uuid::new_v4().to_string());
        if Uuid::parse_str(&id).is_err() {
            return Err("instance_id must be a UUID".to_owned());
        }
        let sharded = matches!(mode.as_str(), "cluster" | "proxy");
        let replicas = wanted
            .replica_count
            .unwrap_or(if mode == "single" { 1 } else { 2 });
        let shards = wanted.sharding_count.unwrap_or(if sharded { 3 } else { 1 });
        if replicas == 0 || shards == 0 {
            return Err("replica_count and sharding_count must be at least 1".to_owned());
        }
        let zones = wanted
            .az_codes
            .filter(|zones| !zones.is_empty())
            .unwrap_or_else(|| vec!["cn-north-4a".to_owned(), "cn-north-4b".to_owned()]);
        let layout = Layout {
            instance_id: id.clone(),
            number,
            groups: shards,
            members: replicas,
            zones: zones.clone(),
            standby_active: wanted.slave_status.as_deref() != Some("Inactive"),
        };
        let swappable = !sharded && replicas == 2;
        let nodes: Box<dyn Nodes> = if redis && swappable {
            Box::new(RedisPair::start(layout).await?)
        } else {
            Box::new(Embedded::new(&layout))
        };
        Ok(Self {
            name: wanted.name.unwrap_or_else(|| format!("dcs-{}", &id[..8])),
            cache_mode: mode,
            engine: wanted.engine.unwrap_or_else(|| "Redis".to_owned()),
            engine_version: wanted.engine_version.unwrap_or_else(|| "6.0".to_owned()),
            capacity: wanted.capacity.unwrap_or(4),
            az_codes: zones,
            ip: format!("192.168.{}.{}", number / 250, number % 250 + 3),
            job_ms: wanted.job_ms,
            created_ms: real_ms(),
            replica_count: replicas,
            sharding_count: shards,
            nodes,
            counters: Counters::default(),
            status: Mutex::new(wanted.status.unwrap_or_else(|| "RUNNING".to_owned())),
            busy: Mutex::new(false),
            job: Mutex::new(None),
            id,
        })
    }

    /// Its status.
    pub fn status(&self) -> String {
        lock(&self.status).clone()
    }

    /// Whether a swap is possible in this mode.
    pub fn has_standby(&self) -> bool {
        matches!(self.cache_mode.as_str(), "ha" | "ha_rw_split") && self.replica_count >= 2
    }

    /// Claims the instance for a job; false when another one has it.
    pub fn claim(&self) -> bool {
        !std::mem::replace(&mut *lock(&self.busy), true)
    }

    /// Remembers the job that has the instance.
    pub fn working(&self, job: AbortHandle) {
        *lock(&self.job) = Some(job);
    }

    /// Ends the job in its midst, so that nothing holds the nodes any longer.
    pub fn abandon(&self) {
        if let Some(job) = lock(&self.job).take() {
            job.abort();
        }
    }

    /// Ends the claim.
    pub fn release(&self) {
        *lock(&self.busy) = false;
    }
}
