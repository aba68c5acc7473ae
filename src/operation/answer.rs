//! What the core itself reads from answers, typed. Callers are given the service's own objects.

use crate::json::Json;
use crate::text::split_once;

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobStatus {
    /// Not begun.
    Init,
    /// Under way.
    Running,
    /// Done.
    Success,
    /// Ended without success.
    Fail,
}

impl JobStatus {
    /// Reads the service's word.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "INIT" => Self::Init,
            "RUNNING" => Self::Running,
            "SUCCESS" => Self::Success,
            "FAIL" => Self::Fail,
            _ => return None,
        })
    }
}

/// A job, as ShowJobInfo tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job<'a> {
    /// Its id.
    pub id: &'a str,
    /// Where it is.
    pub status: JobStatus,
    /// Why it failed.
    pub fail_reason: Option<&'a str>,
}

impl<'a> Job<'a> {
    /// Reads the answer of ShowJobInfo.
    ///
    /// # Errors
    /// What was expected.
    pub fn read(json: &'a Json) -> Result<Self, &'static str> {
        Ok(Self {
            id: json.str("job_id").ok_or("a string job_id")?,
            status: json
                .str("status")
                .and_then(JobStatus::parse)
                .ok_or("a status of INIT, RUNNING, SUCCESS or FAIL")?,
            fail_reason: json.str("fail_reason").filter(|reason| !reason.is_empty()),
        })
    }
}

/// The role of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Takes writes.
    Master,
    /// Replicates.
    Slave,
}

impl Role {
    /// The service's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Master => "master",
            Self::Slave => "slave",
        }
    }
}

/// A node of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its id; the same before and after a swap.
    pub id: String,
    /// Its role.
    pub role: Role,
    /// `Active` or `Inactive`.
    pub status: String,
    /// Its address.
    pub ip: Option<String>,
    /// Its availability zone.
    pub az: Option<String>,
}

impl Node {
    /// Reads the nodes of each group of ListGroupReplicationInfo.
    ///
    /// # Errors
    /// What was expected.
    pub fn read_groups(json: &Json) -> Result<Vec<Vec<Self>>, &'static str> {
        let mut groups = Vec::new();
        for group in json.list("group_list", "a list group_list")? {
            let mut nodes = Vec::new();
            for node in group.list("replication_list", "a list replication_list")? {
                nodes.push(Self::read(node)?);
            }
            groups.push(nodes);
        }
        Ok(groups)
    }

    fn read(json: &Json) -> Result<Self, &'static str> {
        let text = |name| text(json, name);
        Ok(Self {
            // Older answers name a node only by its replication_id.
            id: text("node_id")
                .or_else(|| text("replication_id"))
                .ok_or("a string node_id")?,
            role: match json.str("replication_role") {
                Some("master") => Role::Master,
                Some("slave") => Role::Slave,
                _ => return Err("a replication_role of master or slave"),
            },
            status: text("status").unwrap_or_default(),
            ip: text("replication_ip"),
            az: text("az_code"),
        })
    }

    /// As a report tells it.
    pub fn to_json(&self) -> Json {
        let mut json = Json::object();
        json.add_text("nodeId", &self.id);
        json.add_text("role", self.role.as_str());
        json.add_text("status", &self.status);
        json.add_given("ip", self.ip.as_deref());
        json.add_given("azCode", self.az.as_deref());
        json
    }

    /// Whether it replicates and is up.
    pub fn is_active_slave(&self) -> bool {
        self.role == Role::Slave && self.status.eq_ignore_ascii_case("active")
    }
}

#[inline(never)]
fn text(json: &Json, name: &str) -> Option<String> {
    json.str(name).map(str::to_owned)
}

/// What a switchover needs to know of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance<'a> {
    /// `RUNNING` and others.
    pub status: &'a str,
    /// `ha`, `ha_rw_split`, `single`, `cluster`, `proxy`.
    pub cache_mode: Option<&'a str>,
}

impl<'a> Instance<'a> {
    /// Reads the answer of ShowInstance, or an item of ListInstances.
    ///
    /// # Errors
    /// What was expected.
    pub fn read(json: &'a Json) -> Result<Self, &'static str> {
        json.str("instance_id").ok_or("a string instance_id")?;
        // Items of a list carry no mode; the second part of spec_code tells it (`redis.ha.xu1.large.r2.1`).
        let mode = json
            .str("cache_mode")
            .or_else(|| Some(split_once(split_once(json.str("spec_code")?, b'.').1?, b'.').0));
        Ok(Self {
            status: json.str("status").ok_or("a string status")?,
            cache_mode: mode.filter(|mode| !mode.is_empty()),
        })
    }
}
