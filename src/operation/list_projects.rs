//! IAM's list of projects: the project id of a region, as the official cores look it up.

use super::{Answer, Effect, Operation, Param, ParamType, Service};
use crate::error::Error;
use crate::json::Json;
use crate::text::concat;

/// `GET /v3/projects?name={region}` at IAM
pub const OPERATION: Operation = Operation {
    name: "keystoneListProjects",
    service: Service::Iam,
    method: "GET",
    path: "/v3/projects",
    params: &[Param::query("region", "name", ParamType::Text)],
    effect: Effect::Read,
    answer: Answer::Json {
        check: |json, _| projects(json).map(drop),
        members: "projects id",
    },
};

fn projects(json: &Json) -> Result<Vec<&str>, &'static str> {
    let mut ids = Vec::new();
    for project in json.list("projects", "a list projects")? {
        ids.push(project.str("id").ok_or("projects with a string id")?);
    }
    Ok(ids)
}

/// The one project of the answer.
///
/// # Errors
/// `InvalidArgument` with field `projectId` when there is none or several: it says what to do.
pub fn only_project(json: &Json, region: &str) -> Result<String, Error> {
    let why = match projects(json).unwrap_or_default().as_slice() {
        [id] => {
            super::check_project_id(id)?;
            return Ok((*id).to_owned());
        }
        [] => concat(&[
            "is not clear: IAM knows no project of region ",
            region,
            "; check the region, or give projectId",
        ]),
        several => {
            let mut why = concat(&["is not clear: in region ", region, " there are several"]);
            for id in several.iter().take(5) {
                why.push_str(", ");
                why.push_str(id);
            }
            why.push_str("; give one of them");
            why
        }
    };
    Err(Error::invalid("projectId", &why))
}
