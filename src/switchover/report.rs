//! What a switchover came to, and how it is known.

use crate::error::{Error, Outcome};
use crate::json::Json;
use crate::operation::Node;

/// What the switchover came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The roles were read again and had changed.
    Swapped,
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
    /// The roles were read after the swap, and prove the verdict.
    pub verified: bool,
    /// What became of the request for the swap.
    pub outcome: Outcome,
    /// How the verdict is known, or why it is not, and what to do.
    pub reason: String,
    /// Roles before.
    pub before: Option<Vec<Node>>,
    /// Roles after.
    pub after: Option<Vec<Node>>,
    /// The job, as last read.
    pub job: Option<Json>,
    /// Milliseconds from the start.
    pub duration_ms: i64,
    /// Requests sent for the swap.
    pub swap_requests: u32,
    /// Requests sent for reads.
    pub read_requests: u32,
    /// The error that ended it, when one did.
    pub error: Option<Error>,
}

impl Report {
    /// As JavaScript has it, without the job.
    pub fn to_json(&self, instance_id: &str) -> Json {
        let mut json = Json::object();
        json.add_text("instanceId", instance_id);
        json.add_text("result", self.verdict.as_str());
        json.add("verified", Json::Bool(self.verified));
        json.add_text("outcome", self.outcome.as_str());
        json.add_text("reason", &self.reason);
        for (name, nodes) in [("before", &self.before), ("after", &self.after)] {
            if let Some(nodes) = nodes {
                let mut list = Vec::new();
                for node in nodes {
                    list.push(node.to_json());
                }
                json.add(name, Json::Array(list));
            }
        }
        json.add_number("durationMs", self.duration_ms as f64);
        let mut attempts = Json::object();
        attempts.add_number("swap", self.swap_requests.into());
        attempts.add_number("reads", self.read_requests.into());
        json.add("attempts", attempts);
        json
    }
}
