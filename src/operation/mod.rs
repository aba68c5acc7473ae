//! The operations, one file each: what a call may be given, the request it makes, the answer it is promised.
//!
//! To add one: write its file with a constant `OPERATION`, and add its name to the list below.

mod answer;
mod param;

pub use answer::{BackgroundTask, Instance, Job, JobStatus, Node, Role};
pub use param::{Param, ParamType, Place};

use crate::error::Error;
use crate::json::Json;
pub use crate::retry::Effect;
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
    list_background_task
}

pub mod list_projects;
pub mod show_metric_data;

/// The service that an operation belongs to; each has an endpoint of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Distributed Cache Service.
    Dcs,
    /// Identity and Access Management.
    Iam,
    /// Cloud Eye, which keeps the metrics.
    CloudEye,
}

/// What a good answer holds.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// 200 to 299 with a JSON body.
    Json {
        /// Whether it is of the promised shape, and about what was asked. Its `Err` says what was expected.
        check: fn(&Json, &Request) -> Result<(), &'static str>,
        /// The names of the members that the core reads, at whatever level, with a space between them. The caller is given
        /// the whole answer; the core does not need the rest.
        members: &'static str,
    },
    /// 204, without a body.
    Empty,
}

impl Answer {
    /// The names of the members that the core reads.
    pub const fn members(&self) -> &'static str {
        match self {
            Self::Json { members, .. } => members,
            Self::Empty => "",
        }
    }
}

/// An operation, as data.
#[derive(Debug)]
pub struct Operation {
    /// The name of the official SDKs, in camelCase.
    pub name: &'static str,
    /// Whose it is.
    pub service: Service,
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

    /// A request of this operation, with its arguments checked as the caller gave them.
    ///
    /// # Errors
    /// `InvalidArgument` naming the parameter that is missing, of another type, or malformed.
    ///
    /// ```
    /// use huaweicloud_dcs::json::Json;
    /// use huaweicloud_dcs::operation::show_job_info;
    ///
    /// let mut args = Json::object();
    /// args.add_text("jobId", "0123456789abcdef0123456789abcdef");
    /// let request = show_job_info::OPERATION.request(&args)?;
    /// assert_eq!(request.path_and_query("p"), "/v2/p/jobs/0123456789abcdef0123456789abcdef");
    /// # Ok::<(), huaweicloud_dcs::error::Error>(())
    /// ```
    pub fn request(&'static self, args: &Json) -> Result<Request, Error> {
        let mut values = Vec::new();
        for param in self.params {
            if let Some(value) = param.read(args)? {
                values.push((param, value));
            }
        }
        Ok(Request {
            operation: self,
            values,
        })
    }
}

/// A request of an operation: its arguments are checked. Where it is sent and who sends it is not part of it.
#[derive(Debug, Clone)]
pub struct Request {
    operation: &'static Operation,
    values: Vec<(&'static Param, String)>,
}

impl PartialEq for Request {
    fn eq(&self, other: &Self) -> bool {
        self.path_and_query("") == other.path_and_query("") && self.operation == other.operation
    }
}

impl Request {
    /// Whose request it is.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// The value of the parameter that has this name on the wire.
    pub fn value(&self, wire: &str) -> Option<&str> {
        let mut values = self.values.iter();
        let (_, value) = values.find(|(param, _)| param.wire == wire)?;
        Some(value)
    }

    /// Whether `id`, from an answer, is the one that was asked for. Hex digits have no case.
    pub(crate) fn is_about(&self, wire: &str, id: &str) -> bool {
        self.value(wire)
            .is_some_and(|asked| asked.eq_ignore_ascii_case(id))
    }

    /// Path and query, percent-encoded.
    pub fn path_and_query(&self, project_id: &str) -> String {
        let (start, mut rest) = split_once(self.operation.path, b'{');
        let mut path = start.to_owned();
        while let Some(from) = rest {
            let (name, after) = split_once(from, b'}');
            let value = self.value(name).unwrap_or(project_id);
            path.push_str(&percent_encode(value));
            let (between, next) = split_once(after.unwrap_or_default(), b'{');
            path.push_str(between);
            rest = next;
        }
        let mut separator = "?";
        for (param, value) in &self.values {
            if param.place == Place::Query {
                let value = percent_encode(value);
                path.push_str(&concat(&[separator, param.wire, "=", &value]));
                separator = "&";
            }
        }
        path
    }
}

/// Checks the id of a project.
///
/// # Errors
/// `InvalidArgument` with field `projectId`.
pub fn check_project_id(id: &str) -> Result<(), Error> {
    ParamType::ProjectId.check("projectId", id)
}

#[cfg(test)]
mod tests;
