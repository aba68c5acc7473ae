//! IAM's list of projects: the project id of a region, as the official cores look it up.

use super::{Answer, Effect, Kind, Operation, Param};
use crate::error::Error;
use crate::json::Json;

/// `GET /v3/projects?name={region}` at IAM
pub const OPERATION: Operation = Operation {
    name: "keystoneListProjects",
    method: "GET",
    path: "/v3/projects",
    params: &[Param::query("region", "name", Kind::Text)],
    effect: Effect::Read,
    answer: Answer::Json(|json| projects(json).map(drop)),
};

fn projects(json: &Json) -> Result<&[Json], &'static str> {
    let projects = json
        .get("projects")
        .and_then(Json::as_array)
        .ok_or("a list projects")?;
    if projects.iter().all(|project| project.str("id").is_some()) {
        Ok(projects)
    } else {
        Err("projects with a string id")
    }
}

/// The one project of the answer.
///
/// # Errors
/// `InvalidArgument` with field `projectId` when there is none or several: it says what to do.
pub fn only_project(json: &Json, region: &str) -> Result<String, Error> {
    let ids: Vec<_> = projects(json)
        .unwrap_or_default()
        .iter()
        .filter_map(|project| project.str("id"))
        .collect();
    match ids.as_slice() {
        [id] => {
            super::check_project_id(id)?;
            Ok((*id).to_owned())
        }
        [] => Err(Error::invalid(
            "projectId",
            &[
                "cannot be looked up: IAM knows no project of region ",
                region,
                " for this key; check the region, or give projectId",
            ]
            .concat(),
        )),
        several => Err(Error::invalid(
            "projectId",
            &[
                "is not clear: region ",
                region,
                " has several projects (",
                &several[..several.len().min(5)].join(", "),
                "); give one of them",
            ]
            .concat(),
        )),
    }
}
