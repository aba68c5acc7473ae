//! Where the master shall be: a goal, in place of a toggle, so that what is run twice swaps once.

use crate::error::Error;
use crate::json::Json;
use crate::operation::Node;
use crate::text::concat;

/// Where the master shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// On this node.
    Node(String),
    /// In this availability zone.
    Zone(String),
    /// In any zone but this one.
    AwayFromZone(String),
}

/// What a goal says of the nodes of an instance.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// The master is where it shall be.
    Holds,
    /// Whichever standby takes over, the goal holds then.
    Reachable,
    /// Why a swap is not the way to the goal.
    Refused(String),
}

impl Goal {
    /// Reads `{ nodeId }`, `{ zone }` or `{ awayFromZone }`.
    ///
    /// # Errors
    /// `InvalidArgument` with field `to`, or `to.nodeId` and so on.
    pub fn read(json: &Json) -> Result<Self, Error> {
        let wrong = || {
            let why = "must be one of { nodeId }, { zone } and { awayFromZone }";
            Err(Error::invalid("to", why))
        };
        let Json::Object(members) = json else {
            return wrong();
        };
        let [(name, value)] = members.as_slice() else {
            return wrong();
        };
        let make = match name.as_str() {
            "nodeId" => Self::Node,
            "zone" => Self::Zone,
            "awayFromZone" => Self::AwayFromZone,
            _ => return wrong(),
        };
        match value.as_str() {
            Some(text) if is_plain(text) => Ok(make(text.to_owned())),
            _ => {
                let why = "must be a name of 1 to 128 visible characters";
                Err(Error::invalid(&concat(&["to.", name]), why))
            }
        }
    }

    /// As JavaScript has it.
    pub fn to_json(&self) -> Json {
        let (name, text) = match self {
            Self::Node(id) => ("nodeId", id),
            Self::Zone(zone) => ("zone", zone),
            Self::AwayFromZone(zone) => ("awayFromZone", zone),
        };
        let mut json = Json::object();
        json.add_text(name, text);
        json
    }

    /// Judges the master, and the standbys that could take over: the service chooses among them.
    pub(super) fn judge(&self, nodes: &[Node], master: &Node, candidates: &[&Node]) -> Judgement {
        let met = |node: &Node| self.is_met_by(node);
        if self.holds(master) {
            return Judgement::Holds;
        }
        let refused = |parts: &[&str]| Judgement::Refused(concat(parts));
        if let Self::Node(id) = self
            && !nodes.iter().any(|node| is_node(node, id))
        {
            return refused(&[
                "it has no node ",
                id,
                "; its nodes are ",
                &names(nodes.iter()),
            ]);
        }
        if met(master).is_none() || candidates.iter().any(|node| met(node).is_none()) {
            return refused(&["the zone of a node is not known, so the goal cannot be judged"]);
        }
        let others = || {
            candidates
                .iter()
                .filter(|node| met(node) != Some(true))
                .copied()
        };
        if others().next().is_none() {
            return Judgement::Reachable;
        }
        if others().count() == candidates.len() {
            return refused(&["no active standby node meets the goal: ", &names(others())]);
        }
        let why =
            "the service chooses the standby that takes over, and not each one meets the goal: ";
        refused(&[why, &names(others()), " would not"])
    }

    /// Whether a master is where it shall be, as far as is known.
    pub(super) fn holds(&self, master: &Node) -> bool {
        self.is_met_by(master) == Some(true)
    }

    /// None when the node's zone is not known.
    fn is_met_by(&self, node: &Node) -> Option<bool> {
        match self {
            Self::Node(id) => Some(is_node(node, id)),
            Self::Zone(zone) => Some(node.zone.as_ref()? == zone),
            Self::AwayFromZone(zone) => Some(node.zone.as_ref()? != zone),
        }
    }
}

/// Whether a text can stand in a message and a record.
pub(super) fn is_plain(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether a node goes by that id.
pub(super) fn is_node(node: &Node, id: &str) -> bool {
    node.node_id.as_deref() == Some(id) || node.replication_id.as_deref() == Some(id)
}

/// Ids of nodes, with their zones.
pub(super) fn names<'a>(nodes: impl Iterator<Item = &'a Node>) -> String {
    let mut names = String::new();
    for node in nodes {
        if !names.is_empty() {
            names.push_str(", ");
        }
        names.push_str(node.id());
        if let Some(zone) = &node.zone {
            names.push_str(&concat(&[" (", zone, ")"]));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Role;

    fn node(id: &str, zone: &str, role: Role) -> Node {
        Node {
            node_id: Some(id.to_owned()),
            replication_id: None,
            role,
            status: "Active".to_owned(),
            ip: None,
            zone: (!zone.is_empty()).then(|| zone.to_owned()),
            dimensions: Vec::new(),
        }
    }

    fn judge(goal: &Goal, nodes: &[(&str, &str)]) -> Judgement {
        let roles = [Role::Master, Role::Slave, Role::Slave];
        let nodes: Vec<Node> = nodes
            .iter()
            .zip(roles)
            .map(|((id, zone), role)| node(id, zone, role))
            .collect();
        let candidates: Vec<&Node> = nodes[1..].iter().collect();
        goal.judge(&nodes, &nodes[0], &candidates)
    }

    #[test]
    fn a_goal_that_holds_needs_no_swap() {
        for goal in [
            Goal::Node("a".into()),
            Goal::Zone("z1".into()),
            Goal::AwayFromZone("z2".into()),
        ] {
            assert_eq!(judge(&goal, &[("a", "z1"), ("b", "z2")]), Judgement::Holds);
        }
    }

    #[test]
    fn a_goal_that_each_standby_meets_is_reachable() {
        for goal in [
            Goal::Node("b".into()),
            Goal::Zone("z2".into()),
            Goal::AwayFromZone("z1".into()),
        ] {
            assert_eq!(
                judge(&goal, &[("a", "z1"), ("b", "z2")]),
                Judgement::Reachable
            );
        }
        let away = Goal::AwayFromZone("z1".into());
        assert_eq!(
            judge(&away, &[("a", "z1"), ("b", "z2"), ("c", "z3")]),
            Judgement::Reachable
        );
    }

    #[test]
    fn the_service_chooses_so_one_that_would_not_do_is_a_refusal() {
        let nodes = &[("a", "z1"), ("b", "z2"), ("c", "z1")];
        for goal in [
            Goal::Node("b".into()),
            Goal::Zone("z2".into()),
            Goal::AwayFromZone("z1".into()),
        ] {
            let Judgement::Refused(why) = judge(&goal, nodes) else {
                panic!("{goal:?}");
            };
            assert!(why.contains("c (z1) would not"), "{why}");
        }
    }

    #[test]
    fn what_cannot_be_reached_or_judged_is_refused() {
        for (goal, nodes, part) in [
            (
                Goal::Node("x".into()),
                [("a", "z1"), ("b", "z2")],
                "no node x; its nodes are a (z1), b (z2)",
            ),
            (
                Goal::Zone("z9".into()),
                [("a", "z1"), ("b", "z2")],
                "meets the goal: b (z2)",
            ),
            (
                Goal::AwayFromZone("z1".into()),
                [("a", "z1"), ("b", "z1")],
                "meets the goal",
            ),
            (
                Goal::Zone("z2".into()),
                [("a", ""), ("b", "z2")],
                "is not known",
            ),
            (
                Goal::AwayFromZone("z1".into()),
                [("a", "z1"), ("b", "")],
                "is not known",
            ),
        ] {
            let Judgement::Refused(why) = judge(&goal, &nodes) else {
                panic!("{goal:?}");
            };
            assert!(why.contains(part), "{why}");
        }
    }

    #[test]
    fn goals_read_back_and_others_are_refused_by_field() {
        for text in [
            r#"{"nodeId":"a"}"#,
            r#"{"zone":"z"}"#,
            r#"{"awayFromZone":"z"}"#,
        ] {
            let json: Json = serde_json::from_str(text).unwrap();
            assert_eq!(Goal::read(&json).unwrap().to_json(), json);
        }
        for (text, field) in [
            ("7", "to "),
            ("{}", "to "),
            (r#"{"zone":"a","nodeId":"b"}"#, "to "),
            (r#"{"Zone":"a"}"#, "to "),
            (r#"{"zone":""}"#, "to.zone "),
            (r#"{"zone":7}"#, "to.zone "),
            (r#"{"nodeId":"a b"}"#, "to.nodeId "),
        ] {
            let json = serde_json::from_str(text).unwrap();
            let message = Goal::read(&json).unwrap_err().to_string();
            assert!(message.starts_with(field), "{text}: {message}");
        }
    }
}
