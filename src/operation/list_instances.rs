//! ListInstances: a page of instances.

use super::{Answer, Effect, Instance, Kind, Operation, Param};
use crate::json::Json;

/// `GET /v2/{project_id}/instances`
pub const OPERATION: Operation = Operation {
    name: "listInstances",
    method: "GET",
    path: "/v2/{project_id}/instances",
    params: &[
        Param::query("instanceId", "instance_id", Kind::InstanceId),
        Param::query("name", "name", Kind::Text),
        Param::query("nameEqual", "name_equal", Kind::Bool),
        Param::query("status", "status", Kind::Text),
        Param::query("ip", "ip", Kind::Text),
        Param::query("tags", "tags", Kind::Text),
        Param::query("capacity", "capacity", Kind::Text),
        Param::query("includeFailure", "include_failure", Kind::Bool),
        Param::query("includeDelete", "include_delete", Kind::Bool),
        Param::query("offset", "offset", Kind::Integer(0, u32::MAX)),
        Param::query("limit", "limit", Kind::Integer(1, 1000)),
    ],
    effect: Effect::Read,
    answer: Answer::Json(check),
};

fn check(json: &Json) -> Result<(), &'static str> {
    json.get("instance_num").and_then(Json::as_number).ok_or("a number instance_num")?;
    for instance in json.list("instances", "a list instances")? {
        Instance::read(instance)?;
    }
    Ok(())
}
