//! Nodes in memory.

use std::sync::Mutex;

use async_trait::async_trait;

use crate::lock;

use super::{Layout, Node, Nodes, Provider};

/// Nodes that exist only as entries of a table.
pub struct Embedded {
    layout: Layout,
    groups: Mutex<Vec<Vec<Node>>>,
}

impl Embedded {
    /// Nodes laid out.
    pub fn new(layout: Layout) -> Self {
        Self {
            groups: Mutex::new(layout.nodes()),
            layout,
        }
    }
}

/// Gives every instance nodes in memory.
pub struct InMemory;

#[async_trait]
impl Provider for InMemory {
    async fn start(&self, layout: Layout, _: bool) -> Result<Box<dyn Nodes>, String> {
        Ok(Box::new(Embedded::new(layout)))
    }
}

#[async_trait]
impl Nodes for Embedded {
    async fn groups(&self) -> Result<Vec<Vec<Node>>, String> {
        Ok(lock(&self.groups).clone())
    }

    async fn swap(&self, to: Option<usize>) -> Result<(), String> {
        let mut groups = lock(&self.groups);
        let group = groups.first_mut().ok_or("no group")?;
        let standby = group
            .iter()
            .enumerate()
            .position(|(at, node)| {
                node.role == "slave" && node.status == "Active" && to.is_none_or(|to| to == at)
            })
            .ok_or("no active standby node")?;
        for (position, node) in group.iter_mut().enumerate() {
            node.role = if position == standby {
                "master"
            } else {
                "slave"
            };
        }
        Ok(())
    }

    fn add(&self, az_code: Option<String>) -> Result<(), String> {
        let mut groups = lock(&self.groups);
        let position = groups.iter().map(Vec::len).sum();
        let group = groups.first_mut().ok_or("no group")?;
        let mut node = self.layout.node(position, group.len().max(1));
        node.az_code = az_code.unwrap_or_else(|| self.layout.zones[0].clone());
        group.push(node);
        Ok(())
    }

    async fn gaps(&self) -> Result<Vec<Option<u64>>, String> {
        let groups = lock(&self.groups);
        let group = groups.first().ok_or("no group")?;
        Ok(group
            .iter()
            .map(|node| (node.role == "slave").then_some(0))
            .collect())
    }
}
