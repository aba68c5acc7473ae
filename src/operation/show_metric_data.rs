//! Cloud Eye's ShowMetricData: how far a standby is behind its master.

use super::{Answer, Effect, Operation, Param, ParamType, Service};
use crate::json::Json;

/// `GET /V1.0/{project_id}/metric-data` at Cloud Eye; `from` and `to` are milliseconds since 1970.
pub const OPERATION: Operation = Operation {
    name: "showMetricData",
    service: Service::CloudEye,
    method: "GET",
    path: "/V1.0/{project_id}/metric-data",
    params: &[
        Param::query("namespace", "namespace", ParamType::Text),
        Param::query("metricName", "metric_name", ParamType::Text),
        Param::query("dim0", "dim.0", ParamType::Text),
        Param::query("dim1", "dim.1", ParamType::Text),
        Param::query("dim2", "dim.2", ParamType::Text),
        Param::query("dim3", "dim.3", ParamType::Text),
        Param::query("from", "from", ParamType::Text),
        Param::query("to", "to", ParamType::Text),
        Param::query("period", "period", ParamType::Integer(1, 86_400)),
        Param::query("filter", "filter", ParamType::Text),
    ],
    effect: Effect::Read,
    answer: Answer::Json {
        check: |json, _| json.list("datapoints", "a list datapoints").map(drop),
        members: "datapoints timestamp max",
    },
};

/// The newest value of the answer: milliseconds since 1970, and the value that the filter `max` asked for.
pub fn newest(json: &Json) -> Option<(f64, f64)> {
    let number = |point: &Json, name| point.get(name).and_then(Json::as_number);
    let mut newest: Option<(f64, f64)> = None;
    for point in json.list("datapoints", "").ok()? {
        if let (Some(at), Some(value)) = (number(point, "timestamp"), number(point, "max"))
            && newest.is_none_or(|(known, _)| at > known)
        {
            newest = Some((at, value));
        }
    }
    newest
}
