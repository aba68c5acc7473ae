//! What can be changed of an instance while it exists, as `POST /_emulator/instances/{instance_id}`
//! takes it: only what is named changes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::errors::BUSY;

/// A gap between a standby and its master.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Gap {
    /// So many bytes.
    Bytes(u64),
    /// What the nodes themselves say; none for nodes in memory.
    #[serde(with = "measured")]
    #[default]
    Measured,
    /// Cloud Eye has no figure.
    Unknown,
}

mod measured {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str("measured")
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<(), D::Error> {
        let word = String::deserialize(from)?;
        (word == "measured")
            .then_some(())
            .ok_or_else(|| D::Error::custom("not measured"))
    }
}

/// What a node's id is after a swap.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeIds {
    /// What it was.
    #[default]
    Kept,
    /// A new one, with the old address.
    New,
}

/// The settings.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `RUNNING`, or any other status of the service.
    pub status: String,
    /// The task at work, for example `BACKUPING`; a swap is refused meanwhile.
    pub task: Option<String>,
    /// What `task` shows while a swap is at work.
    pub swap_task: Option<String>,
    /// The code of that refusal, one of [`BUSY`]; that of the task unless given.
    pub busy_code: Option<String>,
    /// The beginning of the maintenance window, UTC; `null` where the service tells none.
    pub maintain_begin: Option<String>,
    /// Its end.
    pub maintain_end: Option<String>,
    /// How long a swap takes, when not as the emulator was told.
    pub job_ms: Option<u64>,
    /// How long after the end of a job `ListGroupReplicationInfo` still shows the old roles.
    pub roles_lag_ms: u64,
    /// How long after the beginning of a swap its task appears in the list.
    pub task_delay_ms: u64,
    /// What becomes of the ids of the nodes with a swap.
    pub node_ids: NodeIds,
    /// The address or id of the standby that the next swaps make the master; the first active one
    /// unless given.
    pub next_master: Option<String>,
    /// How far the standbys are behind: bytes, `"measured"`, or `null` where Cloud Eye has no figure.
    pub replication_gap_bytes: Gap,
    /// The same of single nodes, by their address.
    pub node_gaps: BTreeMap<String, Gap>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            status: "RUNNING".to_owned(),
            task: None,
            swap_task: None,
            busy_code: None,
            maintain_begin: Some("02:00:00".to_owned()),
            maintain_end: Some("06:00:00".to_owned()),
            job_ms: None,
            roles_lag_ms: 0,
            task_delay_ms: 0,
            node_ids: NodeIds::default(),
            next_master: None,
            replication_gap_bytes: Gap::default(),
            node_gaps: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// These settings with what a change names replaced.
    ///
    /// # Errors
    /// A message that names the field.
    pub fn changed(&self, change: Map<String, Value>) -> Result<Self, String> {
        let mut fields = match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        for (name, value) in change {
            let known = fields.contains_key(&name);
            fields.insert(name.clone(), value);
            if known {
                // Read after each, so that a wrong value is told with the name of its field.
                serde_json::from_value::<Self>(Value::Object(fields.clone()))
                    .map_err(|error| format!("{name}: {error}"))?;
            }
        }
        let new: Self = serde_json::from_value(Value::Object(fields)).map_err(|e| e.to_string())?;
        match &new.busy_code {
            Some(code) if !BUSY.contains(&code.as_str()) => {
                Err(format!("busy_code: {code:?} is none of {BUSY:?}"))
            }
            _ => Ok(new),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(of: &Settings, with: Value) -> Result<Settings, String> {
        of.changed(with.as_object().cloned().unwrap_or_default())
    }

    #[test]
    fn only_what_is_named_changes() {
        let busy = change(&Settings::default(), json!({"task": "BACKUPING"})).expect("a change");
        let slow =
            change(&busy, json!({"job_ms": 7, "replication_gap_bytes": 9})).expect("a change");
        assert_eq!(slow.task.as_deref(), Some("BACKUPING"));
        assert_eq!(
            (slow.job_ms, slow.replication_gap_bytes),
            (Some(7), Gap::Bytes(9))
        );
        let free = change(&slow, json!({"task": null, "replication_gap_bytes": null}));
        let free = free.expect("a change");
        assert_eq!(
            (free.task, free.replication_gap_bytes),
            (None, Gap::Unknown)
        );
        let measured = change(&slow, json!({"replication_gap_bytes": "measured"}));
        assert_eq!(
            measured.expect("a change").replication_gap_bytes,
            Gap::Measured
        );
    }

    #[test]
    fn what_cannot_be_set_is_named() {
        for (wrong, named) in [
            (json!({"taks": 1}), "taks"),
            (json!({"status": null}), "status"),
            (json!({"job_ms": -1}), "job_ms"),
            (json!({"busy_code": "DCS.1"}), "busy_code"),
            (
                json!({"replication_gap_bytes": "much"}),
                "replication_gap_bytes",
            ),
            (json!({"node_ids": "other"}), "node_ids"),
        ] {
            let error = change(&Settings::default(), wrong).expect_err(named);
            assert!(error.contains(named), "{error}");
        }
    }
}
