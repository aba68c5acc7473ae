//! What can be made to go wrong, and for which request.

pub mod apply;
pub mod edit;
pub mod kinds;
pub mod world;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

pub use kinds::{Fault, Missing, Nth, RetryAfter, Shape, When};

use crate::service::Operation;

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

impl Armed {
    /// What is wrong with it besides its fields.
    ///
    /// # Errors
    /// The message for whoever arms it.
    pub fn check(&self) -> Result<(), String> {
        let name = self.matching.operation.as_str();
        if name != "*" && !Operation::NAMES.contains(&name) {
            return Err(format!(
                "operation: {name:?} is none of {:?}",
                Operation::NAMES
            ));
        }
        self.fault.check()
    }
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

    /// The faults for this request: those of the first entry that fits and has nothing more to skip.
    pub fn take(&mut self, target: &Target<'_>) -> Vec<Fault> {
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
            return fault.parts();
        }
        Vec::new()
    }

    /// Whether the preflight of this request is refused; that uses the fault up.
    pub fn refuses_preflight(&mut self, target: &Target<'_>) -> bool {
        let next = self.armed.iter().find(|a| a.matching.fits(target));
        let refused = next
            .is_some_and(|a| a.skip == 0 && matches!(a.fault, Fault::NoCors { preflight: true }));
        refused && !self.take(target).is_empty()
    }
}
