//! What can be made to go wrong, and for which request.

pub mod apply;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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

/// One thing that goes wrong.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The connection is reset before the operation runs.
    DropBefore,
    /// The operation runs, then the connection is reset.
    DropAfter,
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
    CutBody,
    /// JSON that is cut, with a right length.
    MalformedBody,
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
    JobHang,
    /// The job says `SUCCESS`, and the roles stay.
    RolesStuck,
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
    DuplicateKeys,
    /// 204 without a body.
    NoContent,
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
}

const fn yes() -> bool {
    true
}

impl Fault {
    /// The kind's name.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::DropBefore => "drop_before",
            Self::DropAfter => "drop_after",
            Self::Delay { .. } => "delay",
            Self::Status { .. } => "status",
            Self::CutBody => "cut_body",
            Self::MalformedBody => "malformed_body",
            Self::WrongType { .. } => "wrong_type",
            Self::Body { .. } => "body",
            Self::Redirect { .. } => "redirect",
            Self::NoCors { .. } => "no_cors",
            Self::Html { .. } => "html",
            Self::JobFail { .. } => "job_fail",
            Self::JobHang => "job_hang",
            Self::RolesStuck => "roles_stuck",
            Self::RolesLate { .. } => "roles_late",
            Self::EndlessBody { .. } => "endless_body",
            Self::SlowBytes { .. } => "slow_bytes",
            Self::HugeBody { .. } => "huge_body",
            Self::HeaderFlood { .. } => "header_flood",
            Self::DuplicateKeys => "duplicate_keys",
            Self::NoContent => "no_content",
            Self::Informational1xx { .. } => "informational_1xx",
            Self::Hang { .. } => "hang",
            Self::GatewayRefused { .. } => "gateway_refused",
            Self::Clock { .. } => "clock",
        }
    }
}

/// Which requests a fault is for.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// An operation's name, or `*`.
    #[serde(default = "any")]
    pub operation: String,
    /// An instance; any when left out.
    pub instance_id: Option<String>,
    /// An access key; any when left out.
    pub access_key: Option<String>,
}

fn any() -> String {
    "*".to_owned()
}

impl Default for Match {
    fn default() -> Self {
        Self {
            operation: any(),
            instance_id: None,
            access_key: None,
        }
    }
}

/// A fault that waits for its requests.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Armed {
    /// Which requests.
    #[serde(default, rename = "match")]
    pub matching: Match,
    /// How many of them.
    #[serde(default = "once")]
    pub times: u64,
    /// How many to let pass first.
    #[serde(default)]
    pub skip: u64,
    /// What happens to them.
    pub fault: Fault,
}

const fn once() -> u64 {
    1
}

/// What a fault is matched against.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The operation.
    pub operation: &'a str,
    /// The instance, where the path names one.
    pub instance_id: Option<&'a str>,
    /// The access key that the request claims.
    pub access_key: Option<&'a str>,
}

impl Match {
    fn fits(&self, target: &Target<'_>) -> bool {
        (self.operation == "*" || self.operation == target.operation)
            && self
                .instance_id
                .as_deref()
                .is_none_or(|id| Some(id) == target.instance_id)
            && self
                .access_key
                .as_deref()
                .is_none_or(|key| Some(key) == target.access_key)
    }
}

/// The armed faults, in the order of arming.
#[derive(Default)]
pub struct Faults {
    armed: VecDeque<Armed>,
}

impl Faults {
    /// Arms one more.
    pub fn arm(&mut self, armed: Armed) {
        if armed.times > 0 {
            self.armed.push_back(armed);
        }
    }

    /// What is still armed.
    pub fn armed(&self) -> Vec<Armed> {
        self.armed.iter().cloned().collect()
    }

    /// The fault for this request, if any: the first that fits and has nothing more to skip.
    pub fn take(&mut self, target: &Target<'_>) -> Option<Fault> {
        for at in 0..self.armed.len() {
            let armed = &mut self.armed[at];
            if !armed.matching.fits(target) {
                continue;
            }
            if armed.skip > 0 {
                armed.skip -= 1;
                continue;
            }
            armed.times -= 1;
            let fault = armed.fault.clone();
            if armed.times == 0 {
                self.armed.remove(at);
            }
            return Some(fault);
        }
        None
    }

    /// Whether the preflight of this request is refused; that uses the fault up.
    pub fn refuses_preflight(&mut self, target: &Target<'_>) -> bool {
        let next = self.armed.iter().find(|a| a.matching.fits(target));
        let refused = next
            .is_some_and(|a| a.skip == 0 && matches!(a.fault, Fault::NoCors { preflight: true }));
        refused && self.take(target).is_some()
    }
}
