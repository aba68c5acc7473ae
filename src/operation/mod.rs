//! The operations, one file each: what a call may be given, the request it makes, the answer it is promised.
//!
//! To add one: write its file with a constant `OPERATION`, and add its name to the list below.

mod answer;
mod param;

pub use answer::{Instance, Job, JobStatus, Node, Role};
pub use param::{Kind, Param, Place};

use crate::error::Error;
use crate::json::Json;
use crate::sign::percent_encode;
use crate::text::{concat, split_once};

macro_rules! operations {
    ($($name:ident)*) => {
        $(pub mod $name;)*

        /// Every operation of DCS that a client offers.
        pub const OPERATIONS: &[&Operation] = &[$(&$name::OPERATION),*];
    };
}

operations! {
    change_master_standby
    change_master_standby_async
    show_job_info
    show_instance
    list_instances
    list_group_replication_info
}

pub mod list_projects;

/// What an operation does to an instance; retries depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Reads: may be sent again.
    Read,
    /// Swaps the roles: two of them cancel out, so it is never sent again unless it surely did not run.
    Swap,
}

/// What a good answer holds.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// 200 to 299 with a JSON body that passes the check; its `Err` says what was expected.
    Json(fn(&Json) -> Result<(), &'static str>),
    /// 204, without a body.
    Empty,
}

/// An operation, as data.
#[derive(Debug)]
pub struct Operation {
    /// The name of the official SDKs, in camelCase.
    pub name: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path with `{project_id}` and the names of path parameters in braces.
    pub path: &'static str,
    /// What the call is given, beside the options of every call.
    pub params: &'static [Param],
    /// What it does.
    pub effect: Effect,
    /// What it answers.
    pub answer: Answer,
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Operation {
    /// The operation of that name.
    pub fn find(name: &str) -> Option<&'static Self> {
        OPERATIONS
            .iter()
            .copied()
            .find(|operation| operation.name == name)
    }

    /// Path and query of a call.
    ///
    /// # Errors
    /// `InvalidArgument` naming the parameter that is missing, of another kind, or malformed.
    pub fn path_and_query(&self, project_id: &str, args: &Json) -> Result<String, Error> {
        let (start, mut rest) = split_once(self.path, b'{');
        let mut path = start.to_owned();
        while let Some(from) = rest {
            let (name, after) = split_once(from, b'}');
            let mut value = project_id.to_owned();
            for param in self.params {
                if param.wire == name {
                    value = param.read(args)?.unwrap_or_default();
                }
            }
            path.push_str(&percent_encode(&value));
            let (between, next) = split_once(after.unwrap_or_default(), b'{');
            path.push_str(between);
            rest = next;
        }
        let mut separator = "?";
        for param in self.params {
            if param.place == Place::Query
                && let Some(value) = param.read(args)?
            {
                let value = percent_encode(&value);
                path.push_str(&concat(&[separator, param.wire, "=", &value]));
                separator = "&";
            }
        }
        Ok(path)
    }
}

/// Checks the id of a project.
///
/// # Errors
/// `InvalidArgument` with field `projectId`.
pub fn check_project_id(id: &str) -> Result<(), Error> {
    Kind::ProjectId.check("projectId", id)
}

#[cfg(test)]
mod tests;
