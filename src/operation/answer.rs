//! What the core itself reads from answers, typed. Callers are given the service's own objects.

use crate::json::Json;
use crate::text::parse_decimal;
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
    /// What is read of it.
    pub const MEMBERS: &'static str = "job_id status fail_reason";

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

    fn parse(word: Option<&str>) -> Result<Self, &'static str> {
        match word {
            Some("master") => Ok(Self::Master),
            Some("slave") => Ok(Self::Slave),
            _ => Err("a replication_role of master or slave"),
        }
    }
}

/// A node of a group, as ListGroupReplicationInfo tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its id. Some answers name a node only by its replication id.
    pub node_id: Option<String>,
    /// The id of its part in the replication.
    pub replication_id: Option<String>,
    /// Its role.
    pub role: Role,
    /// `Active` or `Inactive`.
    pub status: String,
    /// Its address.
    pub ip: Option<String>,
    /// Its availability zone.
    pub zone: Option<String>,
    /// Names and values by which Cloud Eye knows it.
    pub dimensions: Vec<(String, String)>,
}

impl Node {
    /// What is read of the groups and their nodes.
    pub const MEMBERS: &'static str = "group_list replication_list node_id replication_id replication_role status \
        replication_ip az_code dimensions name value";

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
        let node = Self {
            node_id: text(json, "node_id"),
            replication_id: text(json, "replication_id"),
            role: Role::parse(json.str("replication_role"))?,
            status: text(json, "status").unwrap_or_default(),
            ip: text(json, "replication_ip"),
            zone: text(json, "az_code"),
            dimensions: read_dimensions(json),
        };
        if node.id().is_empty() {
            return Err("a string node_id");
        }
        Ok(node)
    }

    /// Its id, for a report.
    pub fn id(&self) -> &str {
        let id = self.node_id.as_deref().or(self.replication_id.as_deref());
        id.unwrap_or_default()
    }

    /// As a report tells it.
    pub fn to_json(&self) -> Json {
        let mut json = Json::object();
        json.add_text("nodeId", self.id());
        json.add_text("role", self.role.as_str());
        json.add_text("status", &self.status);
        json.add_given("ip", self.ip.as_deref());
        json.add_given("azCode", self.zone.as_deref());
        json
    }

    /// As a record keeps it: with all by which the node can be told again.
    pub fn to_record(&self) -> Json {
        let mut json = self.to_json();
        if self.node_id.is_some() {
            json.add_given("replicationId", self.replication_id.as_deref());
        }
        json
    }

    /// Reads what [`Node::to_record`] wrote.
    ///
    /// # Errors
    /// What was expected.
    pub fn from_record(json: &Json) -> Result<Self, &'static str> {
        Ok(Self {
            node_id: Some(text(json, "nodeId").ok_or("a string nodeId")?),
            replication_id: text(json, "replicationId").or_else(|| text(json, "nodeId")),
            role: Role::parse(json.str("role"))?,
            status: text(json, "status").unwrap_or_default(),
            ip: text(json, "ip"),
            zone: text(json, "azCode"),
            dimensions: Vec::new(),
        })
    }

    /// Whether it replicates and is up.
    pub fn is_active_slave(&self) -> bool {
        self.role == Role::Slave && self.status.eq_ignore_ascii_case("active")
    }
}

/// Dimensions are a list of `{ name, value }`, or one such object.
fn read_dimensions(json: &Json) -> Vec<(String, String)> {
    let given = json.get("dimensions");
    let list = match given {
        Some(Json::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let pair = |json: &Json| Some((text(json, "name")?, text(json, "value")?));
    list.iter().filter_map(pair).collect()
}

/// The member of that name, when it is a text that is not empty.
#[inline(never)]
fn text(json: &Json, name: &str) -> Option<String> {
    let text = json.str(name).filter(|text| !text.is_empty())?;
    Some(text.to_owned())
}

/// What a switchover needs to know of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance<'a> {
    /// Its id.
    pub id: &'a str,
    /// `RUNNING` and others.
    pub status: &'a str,
    /// `ha`, `ha_rw_split`, `single`, `cluster`, `proxy`.
    pub cache_mode: Option<&'a str>,
    /// The task at work, for example `BACKUPING`, while the status is `RUNNING`.
    pub task: Option<&'a str>,
    /// `Redis` or `Memcached`.
    pub engine: Option<&'a str>,
    /// For example `6.0`.
    pub engine_version: Option<&'a str>,
    /// Begin and end of its maintenance window, `HH:MM:SS` in UTC.
    pub maintenance: Option<(&'a str, &'a str)>,
}

impl<'a> Instance<'a> {
    /// What is read of it, or of a list of instances.
    pub const MEMBERS: &'static str = "instance_num instances instance_id status cache_mode spec_code task engine \
        engine_version maintain_begin maintain_end";

    /// Reads the answer of ShowInstance, or an item of ListInstances.
    ///
    /// # Errors
    /// What was expected.
    pub fn read(json: &'a Json) -> Result<Self, &'static str> {
        let given = |name| json.str(name).filter(|text| !text.is_empty());
        // Items of a list carry no mode; the second part of spec_code tells it (`redis.ha.xu1.large.r2.1`).
        let of_specification =
            || Some(split_once(split_once(json.str("spec_code")?, b'.').1?, b'.').0);
        let mode = json.str("cache_mode").or_else(of_specification);
        Ok(Self {
            id: json.str("instance_id").ok_or("a string instance_id")?,
            status: json.str("status").ok_or("a string status")?,
            cache_mode: mode.filter(|mode| !mode.is_empty()),
            task: match json.get("task") {
                None | Some(Json::Null) => None,
                Some(Json::String(task)) => Some(task.as_str()).filter(|task| !task.is_empty()),
                Some(_) => Some("a task"),
            },
            engine: given("engine"),
            engine_version: given("engine_version"),
            maintenance: given("maintain_begin").zip(given("maintain_end")),
        })
    }
}

/// A task of an instance, as ListBackgroundTask tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackgroundTask<'a> {
    /// Its id.
    pub id: &'a str,
    /// What it does, for example `masterStandbySwapJob`.
    pub name: &'a str,
    /// Where it is.
    pub status: &'a str,
    /// The job that it belongs to.
    pub job_id: Option<&'a str>,
    /// When it was made, by the service's clock, for example `2026-01-02T03:04:05.678Z`; of two such texts the larger one is the later.
    pub created_at: Option<&'a str>,
}

impl<'a> BackgroundTask<'a> {
    /// What is read of the list.
    pub const MEMBERS: &'static str = "task_count tasks id name status job_id created_at";

    /// Reads the answer of ListBackgroundTask.
    ///
    /// # Errors
    /// What was expected.
    pub fn read_list(json: &'a Json) -> Result<Vec<Self>, &'static str> {
        let mut tasks = Vec::new();
        for task in json.list("tasks", "a list tasks")? {
            tasks.push(Self {
                id: task.str("id").ok_or("tasks with a string id")?,
                name: task.str("name").ok_or("tasks with a string name")?,
                status: task.str("status").unwrap_or_default(),
                job_id: task.str("job_id").filter(|id| !id.is_empty()),
                created_at: task.str("created_at"),
            });
        }
        Ok(tasks)
    }

    /// How many tasks there are, of which the list has perhaps a part.
    pub fn count(json: &Json) -> Option<f64> {
        let count = json.get("task_count")?;
        // A string in the service's own models.
        let digits = || parse_decimal(count.as_str()?.as_bytes()).map(f64::from);
        count.as_number().or_else(digits)
    }

    /// Whether it swaps master and standby.
    pub fn is_swap(&self) -> bool {
        self.name.eq_ignore_ascii_case("masterStandbySwapJob")
    }

    /// Whether it was made before a date of the form `yyyyMMddHHmmss`.
    pub fn is_older_than(&self, digits: &str) -> bool {
        let created = self.created_at.unwrap_or_default().bytes();
        let mut created = created
            .filter(u8::is_ascii_digit)
            .take(digits.len())
            .peekable();
        created.peek().is_some() && created.lt(digits.bytes())
    }

    /// Whether it is known to be at work. A status that is not known is not taken for work: the service itself refuses what it
    /// cannot do.
    pub fn is_at_work(&self) -> bool {
        const AT_WORK: [&str; 8] = [
            "INIT",
            "WAITING",
            "PENDING",
            "QUEUED",
            "RUNNING",
            "EXECUTING",
            "PROCESSING",
            "STARTING",
        ];
        AT_WORK
            .iter()
            .any(|status| status.eq_ignore_ascii_case(self.status))
    }
}
