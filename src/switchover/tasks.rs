//! The list of background tasks of an instance: what it can prove.
//!
//! It is asked for without a time, because a time would be that of this machine's clock: one that is ahead asks for tasks to come,
//! and takes an empty list for the proof that no swap was begun.

use crate::json::Json;
use crate::operation::BackgroundTask;

/// Tasks that are asked for; the service gives 10 unless told otherwise.
pub(super) const LIMIT: usize = 100;

/// The swaps among tasks.
pub(super) fn swaps<'a>(
    tasks: &'a [BackgroundTask<'a>],
) -> impl Iterator<Item = &'a BackgroundTask<'a>> {
    tasks.iter().filter(|task| task.is_swap())
}

/// Whether the newest tasks are in a list: all are, or it begins with the newest. The order is not documented, so it is seen
/// from the times.
pub(super) fn has_newest(json: &Json, tasks: &[BackgroundTask<'_>]) -> bool {
    let is_whole = tasks.len() < LIMIT
        && BackgroundTask::count(json).is_none_or(|count| count <= tasks.len() as f64);
    let [first, .., last] = tasks else {
        return is_whole;
    };
    is_whole
        || last.created_at.is_some()
            && first.created_at > last.created_at
            && tasks.is_sorted_by(|one, next| one.created_at >= next.created_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(created_at: &str) -> BackgroundTask<'_> {
        BackgroundTask {
            id: "t",
            name: "x",
            status: "",
            job_id: None,
            created_at: Some(created_at),
        }
    }

    fn newest(tasks: &[BackgroundTask<'_>]) -> bool {
        has_newest(&Json::Null, tasks)
    }

    #[test]
    fn the_newest_are_in_a_short_list_and_in_one_that_begins_with_them() {
        let times: Vec<_> = (100..200)
            .map(|day| format!("2026-01-{day}T03:04:05.678Z"))
            .collect();
        let mut tasks: Vec<_> = times.iter().map(|time| task(time)).collect();
        assert_eq!(tasks.len(), LIMIT);
        assert!(!newest(&tasks), "the oldest first");
        assert!(newest(&tasks[1..]), "all that there are");
        tasks.reverse();
        assert!(newest(&tasks));
        tasks.swap(50, 70);
        assert!(!newest(&tasks), "in no order");
        tasks[0].created_at = None;
        assert!(!newest(&tasks));
        assert!(!newest(&vec![task("2026-01-02T03:04:05Z"); LIMIT]));
        assert!(newest(&[]));
    }

    #[test]
    fn a_list_that_says_that_there_are_more_is_not_whole() {
        let one = [task("2026-01-02T03:04:05Z")];
        for (count, whole) in [
            ("1", true),
            ("\"1\"", true),
            ("null", true),
            ("2", false),
            ("\"58\"", false),
        ] {
            let json = format!(r#"{{"task_count":{count}}}"#);
            let json: Json = serde_json::from_str(&json).unwrap();
            assert_eq!(has_newest(&json, &one), whole, "{count}");
            assert_eq!(has_newest(&json, &[]), count == "null", "{count}");
        }
    }
}
