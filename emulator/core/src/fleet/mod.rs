//! The instances and their jobs.

pub mod instance;
pub mod job;
pub mod nodes;
pub mod settings;
pub mod task;
pub mod view;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use crate::config::{JOBS_KEPT, instance_id};
use crate::lock;
use crate::world::World;

use instance::{Instance, Overrides};
use job::Job;
use nodes::Provider;

/// Every instance, in the order of their creation, and the jobs of late.
pub struct Fleet {
    world: Arc<dyn World>,
    nodes: Box<dyn Provider>,
    instances: Mutex<Vec<Arc<Instance>>>,
    jobs: Mutex<Jobs>,
}

#[derive(Default)]
struct Jobs {
    by_id: HashMap<String, Job>,
    order: VecDeque<String>,
}

impl Fleet {
    /// No instance yet.
    pub fn new(world: Arc<dyn World>, nodes: Box<dyn Provider>) -> Self {
        Self {
            world,
            nodes,
            instances: Mutex::default(),
            jobs: Mutex::default(),
        }
    }

    /// What it was given of the world.
    pub const fn world(&self) -> &Arc<dyn World> {
        &self.world
    }

    /// The instances.
    pub fn all(&self) -> Vec<Arc<Instance>> {
        lock(&self.instances).clone()
    }

    /// The instance of an id.
    pub fn get(&self, id: &str) -> Option<Arc<Instance>> {
        lock(&self.instances).iter().find(|i| i.id == id).cloned()
    }

    /// Creates an instance; one of the same id is replaced.
    ///
    /// # Errors
    /// What kept the nodes from starting.
    pub async fn create(&self, wanted: Overrides) -> Result<Arc<Instance>, String> {
        let number = lock(&self.instances).len() + 1;
        let made = Arc::new(Instance::start(number, wanted, &self.world, &*self.nodes).await?);
        let mut all = lock(&self.instances);
        match all.iter_mut().find(|i| i.id == made.id) {
            Some(old) => std::mem::replace(old, Arc::clone(&made)).abandon(),
            None => all.push(Arc::clone(&made)),
        }
        Ok(made)
    }

    /// Lets go of every instance and job.
    pub fn clear(&self) {
        for instance in lock(&self.instances).drain(..) {
            instance.abandon();
        }
        *lock(&self.jobs) = Jobs::default();
    }

    /// The job of an id.
    pub fn job(&self, id: &str) -> Option<Job> {
        lock(&self.jobs).by_id.get(id).cloned()
    }

    /// The last jobs of an instance, oldest first.
    pub fn last_jobs(&self, instance: &str, count: usize) -> Vec<Job> {
        let jobs = lock(&self.jobs);
        let mut last: Vec<Job> = jobs
            .order
            .iter()
            .rev()
            .filter_map(|id| jobs.by_id.get(id))
            .filter(|job| job.instance_id == instance)
            .take(count)
            .cloned()
            .collect();
        last.reverse();
        last
    }

    /// Notes a job.
    pub fn add_job(&self, job: Job) {
        let mut jobs = lock(&self.jobs);
        jobs.order.push_back(job.job_id.clone());
        jobs.by_id.insert(job.job_id.clone(), job);
        while jobs.order.len() > JOBS_KEPT {
            if let Some(old) = jobs.order.pop_front() {
                jobs.by_id.remove(&old);
            }
        }
    }

    fn change_job(&self, id: &str, change: impl FnOnce(&mut Job)) {
        if let Some(job) = lock(&self.jobs).by_id.get_mut(id) {
            change(job);
        }
    }
}

/// What the default fleet is made of.
pub fn default_fleet(masters: usize, variety: bool) -> Vec<Overrides> {
    let mut wanted: Vec<Overrides> = (1..=masters)
        .map(|n| Overrides {
            instance_id: Some(instance_id(n)),
            name: Some(format!("dcs-emulator-{n}")),
            ..Overrides::default()
        })
        .collect();
    if !variety {
        return wanted;
    }
    let kinds = [
        ("single", "RUNNING", "Active", "dcs-single"),
        ("cluster", "RUNNING", "Active", "dcs-cluster"),
        ("proxy", "RUNNING", "Active", "dcs-proxy"),
        ("ha_rw_split", "RUNNING", "Active", "dcs-rw-split"),
        ("ha", "RESTARTING", "Active", "dcs-restarting"),
        ("ha", "RUNNING", "Inactive", "dcs-standby-down"),
    ];
    for (n, (mode, status, slave, name)) in (masters + 1..).zip(kinds) {
        wanted.push(Overrides {
            instance_id: Some(instance_id(n)),
            name: Some(name.to_owned()),
            cache_mode: Some(mode.to_owned()),
            settings: [("status".to_owned(), status.into())].into_iter().collect(),
            slave_status: Some(slave.to_owned()),
            ..Overrides::default()
        });
    }
    wanted
}
