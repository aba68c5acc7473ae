//! Cloud Eye: how far a standby is behind its master.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::errors::{Dcs, answer};
use crate::fleet::instance::Instance;
use crate::fleet::settings::Gap;

use super::{Call, Ids, dcs, parameter};

/// The namespace of DCS.
const NAMESPACE: &str = "SYS.DCS";
/// The replication gap, in bytes.
const METRIC: &str = "ms_repl_offset";
/// How often DCS reports, in milliseconds.
const REPORT_MS: i64 = 60_000;
/// Points of one answer.
const MAX_POINTS: i64 = 3_000;
/// The granularities, in seconds; 1 is the raw data.
const PERIODS: [i64; 6] = [1, 300, 1_200, 3_600, 14_400, 86_400];
/// How a period is made one figure.
const FILTERS: [&str; 5] = ["average", "max", "min", "sum", "variance"];

/// `ShowMetricData`.
pub async fn data(ids: &Ids, call: &Call<'_>) -> Result<Response<Bytes>, Dcs> {
    dcs::project(ids, call)?;
    let asked = match Asked::read(call.query) {
        Ok(asked) => asked,
        Err(name) => return Ok(refused(name)),
    };
    let gap = match asked.gap(call).await {
        Ok(gap) => gap,
        Err(_) => return Err(Dcs::Internal),
    };
    Ok(answer(
        200,
        json!({ "datapoints": asked.points(gap), "metric_name": asked.metric }),
    ))
}

/// Cloud Eye's refusal of a parameter.
fn refused(name: &str) -> Response<Bytes> {
    let details = format!("Some content in message body or query is not correct: {name}");
    answer(
        400,
        json!({
            "http_code": 400,
            "message": { "code": "ces.0014", "details": details },
            "encoded_authorization_message": Value::Null,
        }),
    )
}

/// What a query asks for.
struct Asked {
    metric: String,
    namespace: String,
    filter: &'static str,
    from: i64,
    to: i64,
    period_ms: i64,
    dimensions: BTreeMap<String, String>,
}

impl Asked {
    /// Reads it; an error is the name of the parameter that cannot be used.
    fn read(query: &str) -> Result<Self, &'static str> {
        let text = |name: &'static str| parameter(query, name).ok_or(name);
        let number = |name| text(name)?.parse::<i64>().map_err(|_| name);
        let (from, to) = (number("from")?, number("to")?);
        if from >= to {
            return Err("from");
        }
        let period = number("period")?;
        if !PERIODS.contains(&period) {
            return Err("period");
        }
        let filter = text("filter")?;
        let dimensions: BTreeMap<String, String> = ["dim.0", "dim.1", "dim.2", "dim.3"]
            .iter()
            .filter_map(|name| parameter(query, name))
            .map(|pair| match pair.split_once(',') {
                Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
                None => Err("dim"),
            })
            .collect::<Result<_, _>>()?;
        if dimensions.is_empty() {
            return Err("dim.0");
        }
        Ok(Self {
            metric: text("metric_name")?,
            namespace: text("namespace")?,
            filter: FILTERS
                .iter()
                .find(|known| **known == filter)
                .ok_or("filter")?,
            from,
            to,
            period_ms: if period == 1 {
                REPORT_MS
            } else {
                period * 1000
            },
            dimensions,
        })
    }

    /// The gap of the node that the dimensions name; none when there is no such figure.
    async fn gap(&self, call: &Call<'_>) -> Result<Option<u64>, String> {
        if self.namespace != NAMESPACE || self.metric != METRIC || self.dimensions.len() != 2 {
            return Ok(None);
        }
        let value = |name: &str| self.dimensions.get(name).map(String::as_str);
        let instance = value("dcs_instance_id").and_then(|id| call.app.fleet.get(id));
        match (instance, value("dcs_cluster_redis_node")) {
            (Some(instance), Some(node)) => gap_of(&instance, node).await,
            _ => Ok(None),
        }
    }

    /// One point for each period between the two times.
    fn points(&self, gap: Option<u64>) -> Vec<Value> {
        let Some(gap) = gap else { return Vec::new() };
        let first = self.from.div_euclid(self.period_ms)
            + i64::from(self.from.rem_euclid(self.period_ms) > 0);
        let last = self.to.div_euclid(self.period_ms);
        (first..=last)
            .take(usize::try_from(MAX_POINTS).unwrap_or(usize::MAX))
            .map(|n| json!({ self.filter: gap, "timestamp": n * self.period_ms, "unit": "B" }))
            .collect()
    }
}

async fn gap_of(instance: &Instance, monitored: &str) -> Result<Option<u64>, String> {
    let groups = instance.groups().await?;
    let nodes = groups.first().map(Vec::as_slice).unwrap_or_default();
    let Some(at) = nodes.iter().position(|n| n.monitored_id() == monitored) else {
        return Ok(None);
    };
    if nodes[at].role != "slave" {
        return Ok(None);
    }
    let settings = instance.settings();
    let set = settings.node_gaps.get(&nodes[at].ip);
    match set.copied().unwrap_or(settings.replication_gap_bytes) {
        Gap::Bytes(bytes) => Ok(Some(bytes)),
        Gap::Unknown => Ok(None),
        Gap::Measured => Ok(instance.nodes.gaps().await?.get(at).copied().flatten()),
    }
}
