//! The nodes of an instance: which of them is master, and whether that has changed.

use crate::json::Json;
use crate::operation::{Node, Role};

/// What the roles are now, beside what they were before the swap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    /// A single node is master that was a standby before.
    Changed,
    /// The single master is the one of before.
    Same,
    /// There is no single master, or it is no node that was there before: this proves nothing.
    Unclear,
    /// The nodes are those of another instance.
    Foreign,
}

/// The one master.
pub(super) fn master(nodes: &[Node]) -> Option<&Node> {
    let mut masters = nodes.iter().filter(|node| node.role == Role::Master);
    match (masters.next(), masters.next()) {
        (Some(master), None) => Some(master),
        _ => None,
    }
}

/// The nodes of an instance of one group.
///
/// # Errors
/// What was expected.
pub(super) fn read_one_group(json: &Json) -> Result<Vec<Node>, &'static str> {
    let mut groups = Node::read_groups(json)?;
    match (groups.pop(), groups.is_empty()) {
        (Some(nodes), true) => Ok(nodes),
        _ => Err("one group of nodes"),
    }
}

/// Compares the nodes of an instance of one group before and after.
pub(super) fn compare(before: &[Node], after: &[Node]) -> Comparison {
    if !after.iter().any(|node| find(before, node).is_some()) {
        return Comparison::Foreign;
    }
    match master(after).and_then(|now| find(before, now)) {
        Some(known) if known.role == Role::Slave => Comparison::Changed,
        Some(_) => Comparison::Same,
        None => Comparison::Unclear,
    }
}

/// The node of before that a node is: by an id, or by its address where ids changed. None when there is no such node, or id and
/// address say different things.
fn find<'a>(before: &'a [Node], node: &Node) -> Option<&'a Node> {
    let equal = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
    let by_id = position(before, |known| equal(&known.node_id, &node.node_id)).or_else(|| {
        position(before, |known| {
            equal(&known.replication_id, &node.replication_id)
        })
    });
    let by_address = position(before, |known| equal(&known.ip, &node.ip));
    let at = match (by_id, by_address) {
        (Some(one), Some(other)) if one != other => return None,
        (by_id, by_address) => by_id.or(by_address)?,
    };
    before.get(at)
}

/// The place of the only node that fits.
fn position(nodes: &[Node], fits: impl Fn(&Node) -> bool) -> Option<usize> {
    let mut fitting = (0..nodes.len()).filter(|at| fits(&nodes[*at]));
    match (fitting.next(), fitting.next()) {
        (Some(at), None) => Some(at),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A node of `name role [ip]`: `n:` marks a node id, `r:` a replication id, both if neither.
    fn node(text: &str) -> Node {
        let words: Vec<&str> = text.split(' ').collect();
        let id = |mark: &str, other: &str| match words[0].strip_prefix(mark) {
            Some(id) => Some(id.to_owned()),
            None if words[0].starts_with(other) => None,
            None => Some(words[0].to_owned()),
        };
        Node {
            node_id: id("n:", "r:"),
            replication_id: id("r:", "n:"),
            role: if words[1] == "master" {
                Role::Master
            } else {
                Role::Slave
            },
            status: "Active".to_owned(),
            ip: words.get(2).map(|ip| (*ip).to_owned()),
            zone: None,
            dimensions: Vec::new(),
        }
    }

    fn compared(before: &[&str], after: &[&str]) -> Comparison {
        let nodes = |texts: &[&str]| texts.iter().map(|text| node(text)).collect::<Vec<_>>();
        compare(&nodes(before), &nodes(after))
    }

    const BEFORE: &[&str] = &["a master 10.0.0.1", "b slave 10.0.0.2"];

    #[test]
    fn a_standby_of_before_that_is_master_now_is_a_change() {
        for after in [
            ["a slave 10.0.0.1", "b master 10.0.0.2"],
            ["a slave", "b master"],
            // Every id is new: the addresses tell.
            ["x slave 10.0.0.1", "y master 10.0.0.2"],
            // The addresses are new: the ids tell.
            ["a slave 10.0.0.8", "b master 10.0.0.9"],
            // Only replication ids are given.
            ["r:a slave", "r:b master"],
        ] {
            assert_eq!(compared(BEFORE, &after), Comparison::Changed, "{after:?}");
        }
    }

    #[test]
    fn a_changed_id_is_no_changed_master() {
        for after in [
            ["a master 10.0.0.1", "b slave 10.0.0.2"],
            ["x master 10.0.0.1", "y slave 10.0.0.2"],
            ["r:a master", "r:b slave"],
        ] {
            assert_eq!(compared(BEFORE, &after), Comparison::Same, "{after:?}");
        }
    }

    #[test]
    fn what_proves_nothing_is_unclear() {
        for after in [
            &["a slave 10.0.0.1", "b slave 10.0.0.2", "c master 10.0.0.3"][..],
            &["a slave 10.0.0.1", "c master"],
            &["a master 10.0.0.1", "b master 10.0.0.2"],
            &["a slave 10.0.0.1", "b slave 10.0.0.2"],
            // Id and address contradict each other.
            &["a master 10.0.0.2", "b slave 10.0.0.1"],
            // Ids are new, and two nodes have one address.
            &["b slave 10.0.0.2", "y master"],
        ] {
            let compared = compared(BEFORE, after);
            assert!(
                matches!(compared, Comparison::Unclear | Comparison::Foreign),
                "{after:?}: {compared:?}"
            );
        }
        assert_eq!(
            compared(BEFORE, &["p master 10.9.0.1", "q slave 10.9.0.2"]),
            Comparison::Foreign
        );
        assert_eq!(compared(BEFORE, &[]), Comparison::Foreign);
    }

    #[test]
    fn several_groups_are_not_one() {
        for text in [
            r#"{"group_list":[]}"#,
            r#"{"group_list":[{"replication_list":[]},{"replication_list":[]}]}"#,
            r#"{}"#,
        ] {
            assert!(
                read_one_group(&serde_json::from_str(text).unwrap()).is_err(),
                "{text}"
            );
        }
    }
}
