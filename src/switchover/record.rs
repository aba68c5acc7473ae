//! The record of an intent: written before the swap leaves, so that a process that dies is followed by one that knows.

use super::goal::Goal;
use crate::error::Error;
use crate::json::Json;
use crate::operation::{Node, show_instance};
use crate::sign::SdkDate;

/// What is kept of a switchover. It holds no secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Tells this switchover from every other; whoever drives it draws it at random.
    pub id: String,
    /// The instance.
    pub instance_id: String,
    /// When its swap was about to leave, by the service's clock where its answers tell the time, else by this machine's.
    pub started: SdkDate,
    /// The roles before the swap.
    pub before: Vec<Node>,
    /// The job, once the service has accepted the swap.
    pub job_id: Option<String>,
    /// Ids of the swaps that the list of background tasks had before; none where it could not be read.
    pub tasks: Option<Vec<String>>,
    /// The goal, if there was one.
    pub goal: Option<Goal>,
    /// The master that was expected, if one was.
    pub expected_master: Option<String>,
}

/// The version of the form of a record.
const VERSION: f64 = 1.0;

impl Record {
    /// As JavaScript has it.
    pub fn to_json(&self) -> Json {
        let mut json = Json::object();
        json.add_number("version", VERSION);
        json.add_text("id", &self.id);
        json.add_text("instanceId", &self.instance_id);
        json.add_text("startedAt", self.started.as_str());
        let state = match self.job_id {
            Some(_) => "accepted",
            None => "sending",
        };
        json.add_text("state", state);
        json.add(
            "before",
            Json::Array(self.before.iter().map(Node::to_record).collect()),
        );
        json.add_given("jobId", self.job_id.as_deref());
        if let Some(tasks) = &self.tasks {
            json.add(
                "tasks",
                Json::Array(tasks.iter().map(|id| Json::text(id)).collect()),
            );
        }
        if let Some(goal) = &self.goal {
            json.add("to", goal.to_json());
        }
        json.add_given("expectedMaster", self.expected_master.as_deref());
        json
    }

    /// Reads what [`Record::to_json`] wrote.
    ///
    /// # Errors
    /// `InvalidArgument` with field `record`: it is of another form or version.
    pub fn read(json: &Json) -> Result<Self, Error> {
        let wrong = |why: &str| Error::invalid("record", why);
        if json.get("version").and_then(Json::as_number) != Some(VERSION) {
            return Err(wrong(
                "is not a record of version 1; was it written by a newer release?",
            ));
        }
        let text = |name| json.str(name).filter(|text| !text.is_empty());
        let instance_id = text("instanceId").unwrap_or_default();
        show_instance::OPERATION
            .request(json)
            .map_err(|_| wrong("has no instanceId that is a UUID"))?;
        let started = text("startedAt").and_then(|date| SdkDate::parse(date).ok());
        let mut before = Vec::new();
        for node in json.list("before", "").unwrap_or_default() {
            before
                .push(Node::from_record(node).map_err(|_| wrong("has nodes that cannot be read"))?);
        }
        if super::nodes::master(&before).is_none() {
            return Err(wrong("has no single master among the nodes of before"));
        }
        Ok(Self {
            id: text("id").ok_or_else(|| wrong("has no id"))?.to_owned(),
            instance_id: instance_id.to_ascii_lowercase(),
            started: started
                .ok_or_else(|| wrong("has no startedAt of the form YYYYMMDDTHHMMSSZ"))?,
            before,
            job_id: text("jobId").map(str::to_owned),
            tasks: json.get("tasks").and_then(Json::as_array).map(|tasks| {
                let ids = tasks.iter().filter_map(Json::as_str);
                ids.map(str::to_owned).collect()
            }),
            goal: match json.get("to") {
                Some(goal) => {
                    Some(Goal::read(goal).map_err(|_| wrong("has a goal that cannot be read"))?)
                }
                None => None,
            },
            expected_master: text("expectedMaster").map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"version":1.0,"id":"r1","instanceId":"00000000-0000-4000-8000-000000000001",
        "startedAt":"20260102T030405Z","state":"accepted","before":[
        {"nodeId":"a","role":"master","status":"Active","ip":"10.0.0.1","azCode":"z1","replicationId":"ra"},
        {"nodeId":"b","role":"slave","status":"Active"}],
        "jobId":"0123456789abcdef0123456789abcdef","tasks":["t1"],"to":{"zone":"z2"},"expectedMaster":"a"}"#;

    #[test]
    fn a_record_reads_back() {
        let record = Record::read(&serde_json::from_str(RECORD).unwrap()).unwrap();
        assert_eq!(Record::read(&record.to_json()).unwrap(), record);
        assert_eq!(record.before[0].replication_id.as_deref(), Some("ra"));
        assert_eq!(record.tasks.as_deref(), Some(&["t1".to_owned()][..]));
        assert_eq!(record.started.unix_ms(), 1_767_323_045_000);
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for (from, to) in [
            ("\"version\":1.0", "\"version\":2.0"),
            ("\"version\":1.0,", ""),
            ("00000000-0000-4000-8000-000000000001", "7"),
            ("20260102T030405Z", "yesterday"),
            ("\"id\":\"r1\"", "\"id\":\"\""),
            ("\"role\":\"master\"", "\"role\":\"slave\""),
            ("\"role\":\"master\"", "\"role\":\"boss\""),
            ("{\"zone\":\"z2\"}", "{\"zone\":2}"),
        ] {
            let text = RECORD.replacen(from, to, 1);
            assert_ne!(text, RECORD, "{from}");
            let error = Record::read(&serde_json::from_str(&text).unwrap()).unwrap_err();
            assert!(error.to_string().starts_with("record "), "{to}: {error}");
        }
        assert!(Record::read(&Json::Null).is_err());
    }
}
