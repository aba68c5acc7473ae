//! The kinds of faults, as `POST /_emulator/faults` takes them. A field that a kind does not have is
//! refused by its name.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::errors::PUBLISHED;

/// When a fault strikes: instead of the operation, or on its answer.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The operation does not run.
    Before,
    /// The operation ran; only its answer suffers.
    After,
}

/// The shape of an error's body.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The DCS service's; IAM's own for IAM.
    #[default]
    Service,
    /// The gateway's, with `request_id`.
    Gateway,
    /// IAM's.
    Iam,
}

/// `Retry-After`, in seconds or as a date.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
pub enum RetryAfter {
    /// Seconds.
    Seconds(u64),
    /// The header's text as it is.
    Text(String),
}

/// One of the two copies of a doubled request.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Nth {
    /// The one that arrived first.
    #[default]
    First,
    /// The one that arrived second.
    Second,
}

/// How a field is missing.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// It is not there.
    #[default]
    Absent,
    /// It is `null`.
    Null,
    /// It is an empty string.
    Empty,
}

/// One thing that goes wrong.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The connection is reset before the operation runs.
    DropBefore {},
    /// The operation runs, then the connection is reset.
    DropAfter {},
    /// The operation, or its answer, comes late.
    Delay {
        /// How late.
        ms: u64,
        /// Before unless said otherwise.
        when: Option<When>,
    },
    /// Any status, with a published error unless another is given.
    Status {
        /// The status.
        status: u16,
        /// The code.
        error_code: Option<String>,
        /// The message.
        error_msg: Option<String>,
        /// The header of that name.
        retry_after: Option<RetryAfter>,
        /// Beside the error, when given.
        encoded_authorization_message: Option<String>,
        /// The shape of the body.
        #[serde(default)]
        shape: Shape,
        /// Before unless said otherwise.
        when: Option<When>,
    },
    /// The body ends in the middle of what `Content-Length` promised.
    CutBody {},
    /// JSON that is cut, with a right length.
    MalformedBody {},
    /// Another content type, or another body, or both.
    WrongType {
        /// `text/plain` when neither is given.
        content_type: Option<String>,
        /// JSON, or a string that is sent as it is.
        body: Option<Value>,
    },
    /// Exactly this answer.
    Body {
        /// 200 unless said otherwise.
        status: Option<u16>,
        /// Headers.
        #[serde(default)]
        headers: Map<String, Value>,
        /// JSON, or a string that is sent as it is.
        #[serde(default)]
        body: Value,
        /// After unless said otherwise.
        when: Option<When>,
    },
    /// A redirection.
    Redirect {
        /// Where to.
        location: String,
        /// 302 unless said otherwise.
        status: Option<u16>,
    },
    /// The answer may not be read across origins.
    NoCors {
        /// Whether already the preflight is refused, so that no request follows.
        #[serde(default = "yes")]
        preflight: bool,
    },
    /// A captive portal's page.
    Html {
        /// 200 unless said otherwise.
        status: Option<u16>,
    },
    /// The job of the swap fails, nothing is swapped.
    JobFail {
        /// The job's `fail_reason`.
        reason: Option<String>,
    },
    /// The job of the swap never ends.
    JobHang {},
    /// The job says `SUCCESS`, and the roles stay.
    RolesStuck {},
    /// The job says `SUCCESS`, and the roles change only later.
    RolesLate {
        /// How much later.
        ms: u64,
    },
    /// A body without end.
    EndlessBody {
        /// 200 unless said otherwise.
        status: Option<u16>,
    },
    /// The body, byte by byte.
    SlowBytes {
        /// The wait before each.
        ms_per_byte: u64,
    },
    /// A body of this size.
    HugeBody {
        /// How many bytes.
        bytes: u64,
        /// 200 unless said otherwise.
        status: Option<u16>,
    },
    /// This many extra headers.
    HeaderFlood {
        /// How many.
        count: usize,
    },
    /// Every key of the answer twice, the right value last.
    DuplicateKeys {},
    /// 204 without a body.
    NoContent {},
    /// Informational answers before the real one.
    #[serde(rename = "informational_1xx")]
    Informational1xx {
        /// 103 unless said otherwise.
        status: Option<u16>,
        /// How many.
        count: Option<usize>,
    },
    /// No answer at all, on an open connection.
    Hang {
        /// Before unless said otherwise.
        when: Option<When>,
    },
    /// The gateway's refusal that proves that the operation did not run.
    GatewayRefused {
        /// The header of that name.
        retry_after: Option<RetryAfter>,
    },
    /// The emulator's clock is wrong from now on, until faults are cleared.
    Clock {
        /// How wrong.
        offset_ms: i64,
    },
    /// The roles change with the job, and `ListGroupReplicationInfo` shows it only later.
    RolesLag {
        /// How long after the end of the job.
        ms: u64,
    },
    /// The swap runs, and its job ends with a status of this text, number or `null`.
    JobStatus {
        /// In place of `SUCCESS`.
        #[serde(deserialize_with = "present")]
        status: Value,
        /// Whether the job tells when it ended; it does unless said otherwise.
        #[serde(default = "yes")]
        end_time: bool,
    },
    /// Somebody else swaps back after the job has ended.
    SwapBack {
        /// How long after the end of the job.
        ms: u64,
    },
    /// The swap runs, and once more when its job has ended, as a request does that was doubled on
    /// its way.
    SwapTwice {
        /// Which of the two jobs the answer names; the first unless said otherwise.
        #[serde(default)]
        answer: Nth,
    },
    /// Every node has new ids after the swap, and its old address.
    NewNodeIds {},
    /// The same request arrives twice and is answered as one of the two would be.
    Doubled {
        /// Which of the two; the second unless said otherwise.
        #[serde(default = "second")]
        answer: Nth,
        /// How long the second comes after the answer of the first.
        #[serde(default)]
        gap_ms: u64,
    },
    /// The operation runs, and the answer is the refusal that a second copy of the request gets.
    SecondCopy {
        /// The status; that of the code unless given.
        status: Option<u16>,
        /// The code; `DCS.4049` unless given.
        error_code: Option<String>,
        /// The message; that of the code unless given.
        error_msg: Option<String>,
        /// Whether the message is left out altogether.
        #[serde(default)]
        no_message: bool,
        /// The shape of the body.
        #[serde(default)]
        shape: Shape,
    },
    /// The answer is right, but about another instance or another job.
    AboutAnother {
        /// The other instance; the first other one, or one that nobody knows, when left out.
        instance_id: Option<String>,
        /// The status of the other job; `SUCCESS` unless said otherwise.
        job_status: Option<String>,
    },
    /// The nodes of the answer carry no `node_id`, only `replication_id`.
    WithoutNodeIds {
        /// What stands in its place; nothing when left out.
        #[serde(default)]
        value: Missing,
    },
    /// The `Date` of this answer, and of no other, is wrong.
    Date {
        /// How wrong.
        offset_ms: i64,
    },
    /// Somebody else swaps the instance of this request.
    SomebodySwaps {
        /// Before unless said otherwise: this request finds the swap begun, or done.
        when: Option<When>,
        /// How long that swap takes; it is over at once unless given.
        #[serde(default)]
        job_ms: u64,
    },
    /// The instance of this request has one more standby from then on.
    NodeAppears {
        /// How long after the request; at once unless given.
        #[serde(default)]
        ms: u64,
        /// Its zone; the instance's first unless given.
        az_code: Option<String>,
    },
    /// Several of these for one request.
    Together {
        /// Which.
        faults: Vec<Fault>,
    },
}

const fn yes() -> bool {
    true
}

const fn second() -> Nth {
    Nth::Second
}

/// Reads a value that must be there, though it may be `null`.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Value, D::Error> {
    Value::deserialize(from)
}

impl Fault {
    /// The kind's name, for the log.
    pub fn kind(&self) -> String {
        let written = serde_json::to_value(self).unwrap_or_default();
        written["kind"].as_str().unwrap_or_default().to_owned()
    }

    /// The fault itself, or those that it holds together.
    pub fn parts(self) -> Vec<Self> {
        match self {
            Self::Together { faults } => faults,
            one => vec![one],
        }
    }

    /// What is wrong with it besides its fields.
    ///
    /// # Errors
    /// The message for whoever arms it.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Self::Together { faults } => {
                let nested = |f: &Self| matches!(f, Self::Together { .. } | Self::Clock { .. });
                match faults.iter().find(|f| nested(f)) {
                    Some(wrong) => Err(format!("faults: {} cannot be held together", wrong.kind())),
                    None => faults.iter().try_for_each(Self::check),
                }
            }
            Self::SecondCopy {
                status: None,
                error_code: Some(code),
                ..
            } if !PUBLISHED.contains_key(code.as_str()) => Err(format!(
                "status: {code} has no status of its own, so one must be given"
            )),
            _ => Ok(()),
        }
    }
}
