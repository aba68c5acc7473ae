//! What happened: a bounded log of requests, and figures. Never a secret.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::{Value, json};

use crate::config::LOG_LENGTH;

/// One request.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Entry {
    /// Counted from one, across the log's whole life.
    pub seq: u64,
    /// When it arrived, in milliseconds since 1970.
    pub time: i64,
    /// The operation, or `null` when the address is none.
    pub operation: Option<&'static str>,
    /// The instance in its path.
    pub instance_id: Option<String>,
    /// The method.
    pub method: String,
    /// The path, as sent.
    pub path: String,
    /// The query, as sent.
    pub query: String,
    /// The status of the answer that was made, whether it was sent or not.
    pub status: u16,
    /// `answered`, `dropped` or `hung`.
    pub outcome: &'static str,
    /// The kinds of the faults that hit it, joined by `+`.
    pub fault: Option<String>,
    /// The access key that signed it; also when the signature was refused.
    pub access_key: Option<String>,
    /// The algorithm, or `token`; `null` when it was not authenticated.
    pub authentication: Option<&'static str>,
    /// Whether it carried an `Authorization` or `X-Auth-Token` header at all.
    pub signed: bool,
    /// The names of the headers that its signature says it covers, joined by `;`.
    pub signed_headers: Option<String>,
    /// The id given to it.
    pub request_id: String,
}

/// The log and the figures.
#[derive(Default)]
pub struct Journal {
    entries: VecDeque<Entry>,
    seq: u64,
    operations: BTreeMap<&'static str, u64>,
    authentication_failures: u64,
    preflights: u64,
}

impl Journal {
    /// Adds a request.
    pub fn add(&mut self, mut entry: Entry) {
        self.seq += 1;
        entry.seq = self.seq;
        *self
            .operations
            .entry(entry.operation.unwrap_or("none"))
            .or_default() += 1;
        self.entries.push_back(entry);
        if self.entries.len() > LOG_LENGTH {
            self.entries.pop_front();
        }
    }

    /// Counts a failed authentication.
    pub const fn authentication_failed(&mut self) {
        self.authentication_failures += 1;
    }

    /// Counts a preflight.
    pub const fn preflight(&mut self) {
        self.preflights += 1;
    }

    /// The last entries, oldest first.
    pub fn last(&self, count: usize) -> Vec<Entry> {
        self.entries
            .iter()
            .skip(self.entries.len().saturating_sub(count))
            .cloned()
            .collect()
    }

    /// The figures as JSON.
    pub fn counters(&self) -> Value {
        json!({
            "requests": self.seq,
            "iam_lookups": self.operations.get("KeystoneListProjects").copied().unwrap_or(0),
            "authentication_failures": self.authentication_failures,
            "preflights": self.preflights,
            "operations": self.operations,
        })
    }
}
