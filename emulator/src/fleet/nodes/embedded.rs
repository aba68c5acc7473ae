//! Nodes in memory.

use std::sync::Mutex;

use async_trait::async_trait;

use crate::lock;

use super::{Layout, Node, Nodes};

/// Nodes that exist only as entries of a table.
pub struct Embedded {
    groups: Mutex<Vec<Vec<Node>>>,
}

impl Embedded {
    /// Nodes laid out.
    pub fn new(layout: &Layout) -> Self {
        Self {
            groups: Mutex::new(layout.nodes()),
        }
    }
}

#[async_trait]
impl Nodes for Embedded {
    async fn groups(&self) -> Result<Vec<Vec<Node>>, String> {
        Ok(lock(&self.groups).clone())
    }

    async fn swap(&self) -> Result<(), String> {
        let mut groups = lock(&self.groups);
        let group = groups.first_mut().ok_or("no group")?;
        let standby = group
            .iter()
            .position(|node| node.role == "slave" && node.status == "Active")
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
}
