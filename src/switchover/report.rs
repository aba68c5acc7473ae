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
        let nodes = |nodes: &Option<Vec<Node>>| {
            nodes
                .as_ref()
                .map(|nodes| Json::Array(nodes.iter().map(Node::to_json).collect()))
        };
        let attempts = Json::object()
            .with("swap", Json::Number(self.swap_requests.into()))
            .with("reads", Json::Number(self.read_requests.into()));
        Json::object()
            .with("instanceId", Json::text(instance_id))
            .with("result", Json::text(self.verdict.as_str()))
            .with("verified", Json::Bool(self.verified))
            .with("outcome", Json::text(self.outcome.as_str()))
            .with("reason", Json::text(&self.reason))
            .with("before", nodes(&self.before))
            .with("after", nodes(&self.after))
            .with("durationMs", Json::Number(self.duration_ms as f64))
            .with("attempts", attempts)
    }
}
