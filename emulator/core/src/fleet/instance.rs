//! One instance: what it is, its nodes, and how often it was swapped.

use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::AbortHandle;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::lock;
use crate::world::World;

use super::nodes::{Layout, Node, Nodes, Provider};
use super::settings::{NodeIds, Settings};
use super::task::Task;

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
    /// Whatever [`Settings`] has.
    #[serde(skip)]
    pub settings: Map<String, Value>,
}

impl Overrides {
    /// Reads the fields of a new instance, its [`Settings`] among them.
    ///
    /// # Errors
    /// A message that names the field.
    pub fn read(fields: Map<String, Value>) -> Result<Self, String> {
        let known = serde_json::to_value(Settings::default()).unwrap_or_default();
        let (settings, own): (Map<_, _>, Map<_, _>) = fields
            .into_iter()
            .partition(|(name, _)| known.get(name).is_some());
        let read: Self = serde_json::from_value(Value::Object(own)).map_err(|e| e.to_string())?;
        Ok(Self { settings, ..read })
    }
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
    world: Arc<dyn World>,
    settings: Mutex<Settings>,
    tasks: Mutex<Vec<Task>>,
    generation: AtomicU16,
    changed_ms: Mutex<Vec<i64>>,
    stale: Mutex<Option<Stale>>,
    busy: Mutex<bool>,
    job: Mutex<Option<AbortHandle>>,
}

/// Roles as they were, which the service still shows.
struct Stale {
    groups: Vec<Vec<Node>>,
    /// Until when, in milliseconds since 1970; without end while the job is at work.
    until_ms: Option<i64>,
}

/// Tasks kept of an instance, the newest ones.
const TASKS_KEPT: usize = 1_000;

impl Instance {
    /// Starts the nodes of a new instance.
    ///
    /// # Errors
    /// A wrong override, or what kept a node from starting.
    pub async fn start(
        number: usize,
        wanted: Overrides,
        world: &Arc<dyn World>,
        provider: &dyn Provider,
    ) -> Result<Self, String> {
        let settings = Settings::default().changed(wanted.settings)?;
        let mode = wanted.cache_mode.unwrap_or_else(|| "ha".to_owned());
        if !CACHE_MODES.contains(&mode.as_str()) {
            return Err(format!("cache_mode must be one of {CACHE_MODES:?}"));
        }
        let id = wanted.instance_id.unwrap_or_else(|| world.uuid());
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
        let nodes = provider.start(layout, swappable).await?;
        Ok(Self {
            name: wanted.name.unwrap_or_else(|| format!("dcs-{}", &id[..8])),
            cache_mode: mode,
            engine: wanted.engine.unwrap_or_else(|| "Redis".to_owned()),
            engine_version: wanted.engine_version.unwrap_or_else(|| "6.0".to_owned()),
            capacity: wanted.capacity.unwrap_or(4),
            az_codes: zones,
            ip: format!("192.168.{}.{}", number / 250, number % 250 + 3),
            created_ms: world.now_ms(),
            world: Arc::clone(world),
            replica_count: replicas,
            sharding_count: shards,
            nodes,
            counters: Counters::default(),
            settings: Mutex::new(settings),
            tasks: Mutex::default(),
            generation: AtomicU16::new(0),
            changed_ms: Mutex::default(),
            stale: Mutex::default(),
            busy: Mutex::new(false),
            job: Mutex::new(None),
            id,
        })
    }

    /// When its roles changed, in milliseconds since 1970, oldest first.
    pub fn changed_ms(&self) -> Vec<i64> {
        lock(&self.changed_ms).clone()
    }

    /// Its status.
    pub fn status(&self) -> String {
        lock(&self.settings).status.clone()
    }

    /// What was set.
    pub fn settings(&self) -> Settings {
        lock(&self.settings).clone()
    }

    /// Changes what a change names.
    ///
    /// # Errors
    /// A message that names the field.
    pub fn change(&self, change: Map<String, Value>) -> Result<(), String> {
        let mut settings = lock(&self.settings);
        *settings = settings.changed(change)?;
        Ok(())
    }

    /// The task at work, as `ShowInstance` tells it.
    pub fn task(&self) -> Option<String> {
        let settings = lock(&self.settings);
        let swap = settings.swap_task.clone().filter(|_| *lock(&self.busy));
        settings.task.clone().or(swap)
    }

    /// The nodes as they are, group by group.
    ///
    /// # Errors
    /// What a node could not tell.
    pub async fn groups(&self) -> Result<Vec<Vec<Node>>, String> {
        let generation = self.generation.load(Ordering::SeqCst);
        let rename = |node: Node| node.of_generation(generation);
        let groups = self.nodes.groups().await?;
        Ok(groups
            .into_iter()
            .map(|nodes| nodes.into_iter().map(rename).collect())
            .collect())
    }

    /// The nodes as the service shows them, which may be how they were.
    ///
    /// # Errors
    /// What a node could not tell.
    pub async fn shown_groups(&self) -> Result<Vec<Vec<Node>>, String> {
        if let Some(stale) = &*lock(&self.stale)
            && stale.until_ms.is_none_or(|end| self.world.now_ms() < end)
        {
            return Ok(stale.groups.clone());
        }
        self.groups().await
    }

    /// Exchanges the roles.
    ///
    /// # Errors
    /// Why no node could take over.
    pub async fn exchange(&self, new_ids: bool, lags: bool) -> Result<(), String> {
        let before = self.shown_groups().await?;
        let settings = self.settings();
        let nodes = before.first().map(Vec::as_slice).unwrap_or_default();
        let to = match &settings.next_master {
            Some(name) => Some(
                nodes
                    .iter()
                    .position(|n| n.ip == *name || n.node_id == *name)
                    .ok_or("no active standby node")?,
            ),
            None => None,
        };
        if lags {
            *lock(&self.stale) = Some(Stale {
                groups: before,
                until_ms: None,
            });
        }
        let swapped = self.nodes.swap(to).await;
        if swapped.is_err() {
            *lock(&self.stale) = None;
        } else {
            self.counters.run.fetch_add(1, Ordering::SeqCst);
            lock(&self.changed_ms).push(self.world.now_ms());
            if new_ids || settings.node_ids == NodeIds::New {
                self.generation.fetch_add(1, Ordering::SeqCst);
            }
        }
        swapped
    }

    /// Shows the old roles until so long from now, and then the new ones.
    pub fn settle(&self, lag_ms: u64) {
        if let Some(stale) = &mut *lock(&self.stale)
            && stale.until_ms.is_none()
        {
            stale.until_ms = Some(self.world.now_ms().saturating_add_unsigned(lag_ms));
        }
    }

    /// Adds a task.
    pub fn add_task(&self, task: Task) {
        let mut tasks = lock(&self.tasks);
        tasks.push(task);
        if tasks.len() > TASKS_KEPT {
            tasks.remove(0);
        }
    }

    /// Changes the task of a job.
    pub fn change_task(&self, job_id: &str, change: impl FnOnce(&mut Task)) {
        let mut tasks = lock(&self.tasks);
        if let Some(task) = tasks
            .iter_mut()
            .find(|t| t.job_id.as_deref() == Some(job_id))
        {
            change(task);
            task.updated_ms = self.world.now_ms();
        }
    }

    /// The tasks that are listed by now, the newest first.
    pub fn listed_tasks(&self) -> Vec<Task> {
        let now = self.world.now_ms();
        let mut listed: Vec<Task> = lock(&self.tasks)
            .iter()
            .filter(|task| task.listed_from_ms <= now)
            .cloned()
            .collect();
        listed.reverse();
        listed
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
