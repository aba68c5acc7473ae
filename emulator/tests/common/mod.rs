//! A running emulator, and a client that shows what really came over the wire.
#![allow(dead_code, reason = "each test file uses a part of this")]

mod ask;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use dcs_emulator::config::{ACCESS_KEY, PROJECT_ID, SECRET_KEY, instance_id};
use serde_json::{Value, json};

pub use ask::{Ask, Reply};

/// How long a test waits for what should come at once.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// An emulator process, ended with the test.
pub struct Emulator {
    pub process: Child,
    pub address: String,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // In order first, so that it removes what it made.
        let _ = Command::new("kill")
            .args(["-TERM", &self.process.id().to_string()])
            .status();
        let end = Instant::now() + Duration::from_secs(5);
        while Instant::now() < end {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts an emulator, and waits for its line.
pub fn start(arguments: &[&str]) -> Emulator {
    let mut process = Command::new(env!("CARGO_BIN_EXE_dcs-emulator"))
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the emulator starts");
    let mut line = String::new();
    BufReader::new(process.stdout.take().expect("its output"))
        .read_line(&mut line)
        .expect("its line");
    let address = line
        .trim()
        .strip_prefix("DCS emulator ready: http://")
        .unwrap_or_else(|| panic!("another line: {line:?}"))
        .to_owned();
    Emulator { process, address }
}

/// The default key.
pub const KEY: (&str, &str) = (ACCESS_KEY, SECRET_KEY);

impl Emulator {
    pub fn send(&self, ask: &Ask) -> Reply {
        ask.send(&self.address)
    }

    /// Sends it signed with the default key.
    pub fn call(&self, ask: Ask) -> Reply {
        ask.signed(&self.address, KEY).send(&self.address)
    }

    /// Asks an admin address.
    pub fn admin(&self, method: &str, path: &str, body: Value) -> Value {
        let body = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let reply = self.send(&Ask::new(method, &format!("/_emulator/{path}")).body(body));
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.json()
    }

    pub fn arm(&self, operation: &str, fault: Value) {
        self.admin(
            "POST",
            "faults",
            json!({"match": {"operation": operation}, "fault": fault}),
        );
    }

    /// The message with which an admin address refuses a body.
    pub fn refused(&self, path: &str, body: Value) -> String {
        let ask = Ask::new("POST", &format!("/_emulator/{path}")).body(body.to_string());
        let reply = self.send(&ask);
        assert_eq!(reply.status, 400, "{path}: {}", reply.text());
        reply.json()["error"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Changes the first instance.
    pub fn change(&self, settings: Value) {
        self.admin("POST", &format!("instances/{}", instance_id(1)), settings);
    }

    /// Asks a DCS address of the project.
    pub fn get(&self, path: &str) -> Reply {
        self.call(Ask::new("GET", &format!("/v2/{PROJECT_ID}/{path}")))
    }

    /// The nodes of the first instance as ListGroupReplicationInfo shows them.
    pub fn shown_nodes(&self) -> Vec<Value> {
        let groups = self.get(&format!("instance/{}/groups", instance_id(1)));
        assert_eq!(groups.status, 200, "{}", groups.text());
        let list = groups.json()["group_list"][0]["replication_list"].clone();
        list.as_array().expect("nodes").clone()
    }

    /// Their roles.
    pub fn shown_roles(&self) -> Vec<String> {
        let role = |node: &Value| {
            node["replication_role"]
                .as_str()
                .expect("a role")
                .to_owned()
        };
        self.shown_nodes().iter().map(role).collect()
    }

    /// The datapoints of a node, asked for with the dimensions that the list of nodes gives.
    pub fn gap(&self, node: &Value, period: &str) -> Value {
        let dimensions: Vec<String> = node["dimensions"]
            .as_array()
            .expect("dimensions")
            .iter()
            .enumerate()
            .map(|(n, d)| {
                let text = |key: &str| d[key].as_str().expect("text").to_owned();
                format!("dim.{n}={}%2C{}", text("name"), text("value"))
            })
            .collect();
        assert_eq!(dimensions.len(), 2);
        // Ten minutes, from the middle of one minute.
        let path = format!(
            "/V1.0/{PROJECT_ID}/metric-data?namespace=SYS.DCS&metric_name=ms_repl_offset&{}\
         &from=1767323070000&to=1767323670000&period={period}&filter=max",
            dimensions.join("&")
        );
        let reply = self.call(Ask::new("GET", &path));
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert_eq!(reply.json()["metric_name"], "ms_repl_offset");
        reply.json()["datapoints"].clone()
    }

    /// The background tasks of the first instance.
    pub fn tasks(&self, query: &str) -> Value {
        let reply = self.get(&format!("instances/{}/tasks?{query}", instance_id(1)));
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    pub fn state(&self) -> Value {
        self.admin("GET", "state", Value::Null)
    }

    pub fn counter(&self, name: &str) -> u64 {
        self.state()["instances"][instance_id(1)]["counters"][name]
            .as_u64()
            .expect("a figure")
    }

    pub fn roles(&self) -> Vec<String> {
        let state = self.state();
        let nodes = state["instances"][instance_id(1)]["nodes"]
            .as_array()
            .expect("nodes")
            .clone();
        nodes
            .iter()
            .map(|n| n["role"].as_str().expect("a role").to_owned())
            .collect()
    }

    pub fn last_request(&self) -> Value {
        self.state()["requests"]
            .as_array()
            .and_then(|a| a.last().cloned())
            .expect("a request")
    }

    pub fn swap(&self) -> Reply {
        self.call(swap(&instance_id(1)))
    }

    /// Follows a job to its end.
    pub fn job(&self, reply: &Reply) -> Value {
        let json = reply.json();
        let id = json["job_id"]
            .as_str()
            .unwrap_or_else(|| panic!("no job: {json}"));
        let end = Instant::now() + PATIENCE;
        loop {
            let job = self
                .call(Ask::new("GET", &format!("/v2/{PROJECT_ID}/jobs/{id}")))
                .json();
            if job["end_time"].is_string() {
                return job;
            }
            assert!(Instant::now() < end, "no end: {job}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// The request of a swap.
pub fn swap(instance: &str) -> Ask {
    Ask::new(
        "PUT",
        &format!("/v2/{PROJECT_ID}/instances/{instance}/async-swap"),
    )
    .header("content-type", "application/json")
}

/// Waits for something to become true.
pub fn eventually(what: &str, mut test: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !test() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
