//! The nodes of an instance: in memory, or real.

pub mod embedded;
pub mod redis;

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

/// The nodes of an instance.
#[async_trait]
pub trait Nodes: Send + Sync {
    /// The nodes as they are now, group by group.
    async fn groups(&self) -> Result<Vec<Vec<Node>>, String>;

    /// Makes the first standby of the first group the master.
    async fn swap(&self) -> Result<(), String>;
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
        let node = |group: usize, member: usize| {
            let position = group * self.members + member;
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
        };
        (0..self.groups)
            .map(|group| {
                (0..self.members)
                    .map(|member| node(group, member))
                    .collect()
            })
            .collect()
    }
}
