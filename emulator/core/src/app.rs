//! What all requests share.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use serde::{Deserialize, Serialize};

use crate::auth::credentials::Credentials;
use crate::clock::Clock;
use crate::config::{MAX_BODY, Options, PROJECT_ID};
use crate::faults::Faults;
use crate::fleet::nodes::Provider;
use crate::fleet::{Fleet, default_fleet};
use crate::journal::Journal;
use crate::lock;
use crate::service::metadata::Metadata;
use crate::service::sts::Sts;
use crate::world::World;
use crate::{admin, gateway};

/// A project, as IAM lists it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Project {
    /// 32 hex digits.
    pub id: String,
    /// The region's name, or the region's and a name of its own (`cn-north-4_tests`).
    pub name: String,
}

/// The emulator's whole state.
pub struct App {
    /// What it was started with.
    pub options: Options,
    /// What it was given of the world.
    pub world: Arc<dyn World>,
    /// Its clock.
    pub clock: Clock,
    /// Who may call.
    pub credentials: Mutex<Credentials>,
    /// What is armed to go wrong.
    pub faults: Mutex<Faults>,
    /// The instances.
    pub fleet: Arc<Fleet>,
    /// What happened.
    pub journal: Mutex<Journal>,
    /// What IAM lists; `None` is one project of whatever region is asked for.
    pub projects: Mutex<Option<Vec<Project>>>,
    /// The operations that nobody has a permission for.
    pub denied: Mutex<BTreeSet<String>>,
    /// The services that give keys for identity tokens.
    pub sts: Mutex<Sts>,
    /// The metadata service.
    pub metadata: Mutex<Metadata>,
}

impl App {
    /// The state at the beginning, with its instances started.
    ///
    /// # Errors
    /// What kept an instance from starting.
    pub async fn start(
        options: Options,
        world: Arc<dyn World>,
        nodes: Box<dyn Provider>,
    ) -> Result<Arc<Self>, String> {
        let app = Arc::new(Self {
            options,
            clock: Clock::new(Arc::clone(&world)),
            credentials: Mutex::default(),
            faults: Mutex::default(),
            fleet: Arc::new(Fleet::new(Arc::clone(&world), nodes)),
            world,
            journal: Mutex::default(),
            projects: Mutex::default(),
            denied: Mutex::default(),
            sts: Mutex::default(),
            metadata: Mutex::default(),
        });
        app.fill().await?;
        Ok(app)
    }

    /// Answers a request. A body that is longer than [`MAX_BODY`] is none at all.
    pub async fn answer(self: &Arc<Self>, request: Request<Option<Bytes>>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        let body = body.filter(|bytes| bytes.len() <= MAX_BODY);
        match parts.uri.path().strip_prefix(admin::PREFIX) {
            Some(path) => {
                let path = path.to_owned();
                admin::handle(self, &parts, &path, &body.unwrap_or_default()).await
            }
            None => gateway::handle(self, &parts, body).await,
        }
    }

    /// Back to the beginning: everything armed, registered, counted and created is gone.
    ///
    /// # Errors
    /// What kept an instance from starting.
    pub async fn reset(&self) -> Result<(), String> {
        self.clock.set_offset_ms(0);
        *lock(&self.credentials) = Credentials::default();
        *lock(&self.faults) = Faults::default();
        *lock(&self.journal) = Journal::default();
        *lock(&self.projects) = None;
        lock(&self.denied).clear();
        *lock(&self.sts) = Sts::default();
        *lock(&self.metadata) = Metadata::default();
        self.fleet.clear();
        self.fill().await
    }

    async fn fill(&self) -> Result<(), String> {
        for wanted in default_fleet(self.options.instances, self.options.variety) {
            self.fleet.create(wanted).await?;
        }
        Ok(())
    }

    /// Whether a project exists.
    pub fn knows_project(&self, id: &str) -> bool {
        id == PROJECT_ID
            || lock(&self.projects)
                .as_ref()
                .is_some_and(|all| all.iter().any(|p| p.id == id))
    }
}
