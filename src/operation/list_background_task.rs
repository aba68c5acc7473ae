//! ListBackgroundTask: the tasks of an instance.

use super::param::INSTANCE_ID;
use super::{Answer, BackgroundTask, Effect, Operation, Param, ParamType, Service};

/// `GET /v2/{project_id}/instances/{instance_id}/tasks`; times are `yyyyMMddHHmmss`, UTC, and `limit` is 10 unless given.
pub const OPERATION: Operation = Operation {
    name: "listBackgroundTask",
    service: Service::Dcs,
    method: "GET",
    path: "/v2/{project_id}/instances/{instance_id}/tasks",
    params: &[
        INSTANCE_ID,
        Param::query("offset", "offset", ParamType::Integer(0, u32::MAX)),
        Param::query("limit", "limit", ParamType::Integer(1, 1000)),
        Param::query("startTime", "start_time", ParamType::Digits(14)),
        Param::query("endTime", "end_time", ParamType::Digits(14)),
    ],
    effect: Effect::Read,
    answer: Answer::Json {
        check: |json, _| BackgroundTask::read_list(json).map(drop),
        members: BackgroundTask::MEMBERS,
    },
};
