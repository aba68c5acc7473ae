//! The nodes of an instance: in memory, or whatever is given.

pub mod embedded;

use async_trait::async_trait;
use serde::Serialize;

/// One node, as the emulator's state shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// The node's id.
    pub node_id: String,
    /// The replica's id.
    pub replication_id: String,
    /// `master` or `slave`.
    pub role: &'static str,
    /// The address the service tells.
    pub ip: String,
    /// Where any Redis client finds it, if it is real.
    pub address: Option<String>,
    /// The zone.
    pub az_code: String,
    /// `Active` or `Inactive`.
    pub status: &'static str,
}

impl Node {
    /// What Cloud Eye knows the node by. It is neither of its other ids, so that a client that does
    /// not use the `dimensions` it was given finds nothing.
    pub fn monitored_id(&self) -> String {
        Self::renamed(&self.replication_id, |_| 0xce50)
    }

    /// The same node with the ids of a later generation.
    pub fn of_generation(mut self, generation: u16) -> Self {
        let later = |mark: u16| mark.wrapping_add(generation);
        self.node_id = Self::renamed(&self.node_id, later);
        self.replication_id = Self::renamed(&self.replication_id, later);
        self
    }

    /// An id with another mark: the four digits that tell what kind of id it is.
    fn renamed(id: &str, mark: impl Fn(u16) -> u16) -> String {
        let old = u16::from_str_radix(&id[24..28], 16).unwrap_or(0);
        format!("{}{:04x}{}", &id[..24], mark(old), &id[28..])
    }
}

/// The nodes of an instance.
#[async_trait]
pub trait Nodes: Send + Sync {
    /// The nodes as they are now, group by group.
    async fn groups(&self) -> Result<Vec<Vec<Node>>, String>;

    /// Makes a standby of the first group the master: the one at this place, or the first active one.
    async fn swap(&self, to: Option<usize>) -> Result<(), String>;

    /// Adds a standby to the first group.
    fn add(&self, az_code: Option<String>) -> Result<(), String>;

    /// How many bytes each node of the first group is behind its master; `None` for the master itself.
    async fn gaps(&self) -> Result<Vec<Option<u64>>, String>;
}

/// Where the nodes of a new instance come from.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Starts them. Only a group of two in one shard can be `swappable` as a pair.
    async fn start(&self, layout: Layout, swappable: bool) -> Result<Box<dyn Nodes>, String>;
}

/// What nodes to make.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The instance they belong to.
    pub instance_id: String,
    /// The instance's number, for addresses.
    pub number: usize,
    /// How many groups.
    pub groups: usize,
    /// How many nodes in a group.
    pub members: usize,
    /// The zones to spread them over.
    pub zones: Vec<String>,
    /// Whether the standbys are up.
    pub standby_active: bool,
}

impl Layout {
    /// The nodes at the beginning: the first of each group is the master.
    pub fn nodes(&self) -> Vec<Vec<Node>> {
        (0..self.groups)
            .map(|group| {
                (0..self.members)
                    .map(|member| self.node(group * self.members + member, member))
                    .collect()
            })
            .collect()
    }

    /// One node by its place among all nodes, and in its group.
    pub fn node(&self, position: usize, member: usize) -> Node {
        let base = self.instance_id.replace('-', "");
        Node {
            node_id: format!("{}{:04x}{position:04x}", &base[8..32], 0xd0de),
            replication_id: format!("{}{:04x}{position:04x}", &base[8..32], 0x4e91),
            role: if member == 0 { "master" } else { "slave" },
            ip: format!("192.168.{}.{}", 100 + self.number % 100, position + 10),
            address: None,
            az_code: self.zones[member % self.zones.len()].clone(),
            status: if member == 0 || self.standby_active {
                "Active"
            } else {
                "Inactive"
            },
        }
    }
}
