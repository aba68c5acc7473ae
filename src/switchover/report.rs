//! What a switchover came to, and how it is known; and what a check found.

use crate::error::{Doubt, Error, Outcome};
use crate::json::Json;
use crate::operation::Node;

/// What the switchover came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A standby of before was read as the single master after the swap.
    Swapped,
    /// The master was where it shall be; nothing was sent.
    Already,
    /// Nothing swapped.
    NotSwapped,
    /// Neither could be shown.
    Unknown,
}

impl Verdict {
    /// As JavaScript has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Swapped => "swapped",
            Self::Already => "already",
            Self::NotSwapped => "not swapped",
            Self::Unknown => "unknown",
        }
    }
}

/// What happened, and how it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What it came to.
    pub verdict: Verdict,
    /// Roles that were read prove the verdict.
    pub verified: bool,
    /// What became of the request for the swap.
    pub outcome: Outcome,
    /// Why it is not known, or was not for a while.
    pub doubt: Option<Doubt>,
    /// How the verdict is known, or why it is not, and what to do.
    pub reason: String,
    /// What could not be read, and was done without.
    pub notes: Vec<String>,
    /// Roles before.
    pub before: Option<Vec<Node>>,
    /// Roles after.
    pub after: Option<Vec<Node>>,
    /// The job, as last read.
    pub job: Option<Json>,
    /// Milliseconds from the start.
    pub duration_ms: i64,
    /// Requests for the swap that were handed over for sending.
    pub swap_requests: u32,
    /// Requests for reads.
    pub read_requests: u32,
    /// Another run began it; this one found out what became of it.
    pub resumed: bool,
    /// The roles have changed, but the master is not where it shall be.
    pub goal_missed: bool,
    /// The error that ended it, when one did.
    pub error: Option<Error>,
}

impl Report {
    /// Of what has not begun.
    pub(super) fn new() -> Self {
        Self {
            verdict: Verdict::NotSwapped,
            verified: false,
            outcome: Outcome::NotSent,
            doubt: None,
            reason: String::new(),
            notes: Vec::new(),
            before: None,
            after: None,
            job: None,
            duration_ms: 0,
            swap_requests: 0,
            read_requests: 0,
            resumed: false,
            goal_missed: false,
            error: None,
        }
    }

    /// As JavaScript has it, without the job.
    pub fn to_json(&self, instance_id: &str) -> Json {
        let mut json = Json::object();
        json.add_text("instanceId", instance_id);
        json.add_text("result", self.verdict.as_str());
        json.add("verified", Json::Bool(self.verified));
        json.add_text("outcome", self.outcome.as_str());
        json.add_given("doubt", self.doubt.map(Doubt::as_str));
        json.add_text("reason", &self.reason);
        add_notes(&mut json, &self.notes);
        for (name, nodes) in [("before", &self.before), ("after", &self.after)] {
            if let Some(nodes) = nodes {
                json.add(name, nodes_to_json(nodes.iter()));
            }
        }
        json.add_number("durationMs", self.duration_ms as f64);
        let mut attempts = Json::object();
        attempts.add_number("swap", self.swap_requests.into());
        attempts.add_number("reads", self.read_requests.into());
        json.add("attempts", attempts);
        for (name, holds) in [("resumed", self.resumed), ("goalMissed", self.goal_missed)] {
            if holds {
                json.add(name, Json::Bool(true));
            }
        }
        json
    }
}

/// What a check found: what a switchover would do now.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What it would do.
    pub decision: Decision,
    /// Why.
    pub reason: String,
    /// What could not be read, and was done without.
    pub notes: Vec<String>,
    /// The nodes, where they could be read.
    pub nodes: Option<Vec<Node>>,
    /// The error that ended the check, when one did.
    pub error: Option<Error>,
}

/// What a switchover would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Send the swap.
    Swap,
    /// Nothing: the master is where it shall be.
    Already,
    /// Refuse.
    NotSent,
}

impl Decision {
    /// As JavaScript has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Swap => "swap",
            Self::Already => "already",
            Self::NotSent => "not_sent",
        }
    }
}

impl Plan {
    /// As JavaScript has it.
    pub fn to_json(&self, instance_id: &str) -> Json {
        let mut json = Json::object();
        json.add_text("instanceId", instance_id);
        json.add_text("result", self.decision.as_str());
        json.add_text("reason", &self.reason);
        add_notes(&mut json, &self.notes);
        if let Some(nodes) = &self.nodes {
            json.add("before", nodes_to_json(nodes.iter()));
            if let Some(master) = super::nodes::master(nodes) {
                json.add("master", master.to_json());
            }
            let candidates = nodes.iter().filter(|node| node.is_active_slave());
            json.add("candidates", nodes_to_json(candidates));
        }
        json
    }
}

fn nodes_to_json<'a>(nodes: impl Iterator<Item = &'a Node>) -> Json {
    Json::Array(nodes.map(Node::to_json).collect())
}

fn add_notes(json: &mut Json, notes: &[String]) {
    if !notes.is_empty() {
        json.add(
            "notes",
            Json::Array(notes.iter().map(|note| Json::text(note)).collect()),
        );
    }
}
