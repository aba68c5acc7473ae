//! ListInstances: a page of instances.

use super::{Answer, Effect, Instance, Operation, Param, ParamType, Request, Service};
use crate::json::Json;

/// `GET /v2/{project_id}/instances`
pub const OPERATION: Operation = Operation {
    name: "listInstances",
    service: Service::Dcs,
    method: "GET",
    path: "/v2/{project_id}/instances",
    params: &[
        Param::query("instanceId", "instance_id", ParamType::InstanceId),
        Param::query("name", "name", ParamType::Text),
        Param::query("nameEqual", "name_equal", ParamType::Bool),
        Param::query("status", "status", ParamType::Text),
        Param::query("ip", "ip", ParamType::Text),
        Param::query("tags", "tags", ParamType::Text),
        Param::query("capacity", "capacity", ParamType::Text),
        Param::query("includeFailure", "include_failure", ParamType::Bool),
        Param::query("includeDelete", "include_delete", ParamType::Bool),
        Param::query("offset", "offset", ParamType::Integer(0, u32::MAX)),
        Param::query("limit", "limit", ParamType::Integer(1, 1000)),
    ],
    effect: Effect::Read,
    answer: Answer::Json {
        check,
        members: Instance::MEMBERS,
    },
};

fn check(json: &Json, _: &Request) -> Result<(), &'static str> {
    json.get("instance_num").and_then(Json::as_number).ok_or("a number instance_num")?;
    for instance in json.list("instances", "a list instances")? {
        Instance::read(instance)?;
    }
    Ok(())
}
