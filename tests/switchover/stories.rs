//! Stories of a swap, each found in the field, and what must be said of it.

use huaweicloud_dcs::error::{Doubt, Outcome};
use huaweicloud_dcs::switchover::{Goal, Options, Verdict};
use service_model::{Drive, Fault, Job, Model, Other, Tasks, World, judge};

use crate::{is_swap, options, run, swap_with};

#[test]
fn the_good_story() {
    let (report, model) = swap_with(World::PLAIN, Fault::None);
    assert_eq!(
        (report.verdict, report.outcome),
        (Verdict::Swapped, Outcome::Accepted)
    );
    assert_eq!((report.swap_requests, model.swaps.len()), (1, 1));
    let job = report.job.expect("it was followed");
    assert_eq!(job.str("status"), Some("SUCCESS"));
    assert!(report.error.is_none() && report.doubt.is_none() && report.notes.is_empty());
    assert!(report.duration_ms > 0);
}

/// The request is doubled on its way, the first copy runs, and the refusal of the second is what is answered.
#[test]
fn a_refusal_is_no_proof_unless_it_is_on_the_list() {
    for (status, code, doubt) in [
        (400, "DCS.4049", Doubt::Busy),
        (400, "DCS.4121", Doubt::Busy),
        (400, "DCS.4231", Doubt::Busy),
        (400, "DCS.4975", Doubt::Busy),
        (400, "CBC.99003651", Doubt::Busy),
        (400, "DCS.4026", Doubt::Busy),
        (409, "x", Doubt::Busy),
        (400, "DCS.4988", Doubt::RefusalNotKnown),
        (401, "401", Doubt::RefusalNotKnown),
        (404, "404", Doubt::RefusalNotKnown),
        (421, "x", Doubt::RefusalNotKnown),
        (425, "x", Doubt::RefusalNotKnown),
        (408, "x", Doubt::UnusableAnswer),
        (500, "DCS.5000", Doubt::UnusableAnswer),
        (302, "x", Doubt::UnusableAnswer),
    ] {
        for tasks in [Tasks::After(0), Tasks::Forbidden] {
            let world = World {
                tasks,
                ..World::PLAIN
            };
            let (report, _) = swap_with(world, Fault::AnsweredAfter(status, code));
            let said = (report.verdict, report.outcome, report.doubt);
            let expected = (Verdict::Swapped, Outcome::Unknown, Some(doubt));
            assert_eq!(
                said, expected,
                "{status} {code} {tasks:?}: {}",
                report.reason
            );
        }
    }
}

#[test]
fn a_refusal_on_the_list_is_verified_all_the_same() {
    let (report, _) = swap_with(World::PLAIN, Fault::Refused(400, "DCS.4086"));
    assert_eq!(
        (report.verdict, report.outcome),
        (Verdict::NotSwapped, Outcome::Rejected)
    );
    assert!(report.verified && report.doubt.is_none(), "{report:?}");
    assert!(
        report.reason.contains("the roles are as before"),
        "{}",
        report.reason
    );

    // Even one on the list, when the first copy ran: the roles say so.
    let (report, _) = swap_with(World::PLAIN, Fault::AnsweredAfter(400, "DCS.4086"));
    assert_ne!(report.verdict, Verdict::NotSwapped, "{report:?}");
}

#[test]
fn success_and_the_same_master_is_unknown() {
    for world in [
        World {
            job: Job::Stuck,
            ..World::PLAIN
        },
        World {
            lag_ms: 60_000,
            ..World::PLAIN
        },
        World {
            other: Other::SwapsBackAfter(251),
            ..World::PLAIN
        },
    ] {
        let (report, _) = swap_with(world, Fault::None);
        // Somebody who swaps back later than the roles are read is not seen.
        if report.verdict == Verdict::Swapped {
            assert_eq!(world.other, Other::SwapsBackAfter(251));
            continue;
        }
        assert_eq!(
            (report.verdict, report.doubt),
            (Verdict::Unknown, Some(Doubt::Late)),
            "{world:?}"
        );
        assert!(
            report.reason.contains("the same node is master"),
            "{}",
            report.reason
        );
    }
}

#[test]
fn a_job_whose_status_is_not_known_holds_nothing_up() {
    for job in [Job::Mumbles, Job::Foreign] {
        let (report, model) = swap_with(
            World {
                job,
                ..World::PLAIN
            },
            Fault::None,
        );
        assert_eq!(report.verdict, Verdict::Swapped, "{job:?}");
        assert!(model.now_ms < 1_000, "{job:?}: {} ms", model.now_ms);
    }
}

#[test]
fn every_id_new_is_no_change_and_a_change_is_seen_by_the_address() {
    let (report, _) = swap_with(
        World {
            new_ids: true,
            ..World::PLAIN
        },
        Fault::None,
    );
    assert_eq!(report.verdict, Verdict::Swapped);
    let stuck = World {
        new_ids: true,
        job: Job::Stuck,
        ..World::PLAIN
    };
    assert_eq!(swap_with(stuck, Fault::None).0.verdict, Verdict::Unknown);
}

#[test]
fn a_clock_that_is_set_changes_nothing() {
    for clock_jump_ms in [61_000, -3_600_000] {
        let world = World {
            clock_jump_ms,
            lag_ms: 1_000,
            ..World::PLAIN
        };
        let (report, model) = swap_with(world, Fault::None);
        assert_eq!(report.verdict, Verdict::Swapped, "{clock_jump_ms}");
        assert_eq!(report.duration_ms, model.now_ms, "{clock_jump_ms}");
    }
}

#[test]
fn a_lost_swap_is_not_swapped_only_by_the_list_of_tasks() {
    let (report, _) = swap_with(World::PLAIN, Fault::LostBefore);
    assert_eq!(
        (report.verdict, report.doubt),
        (Verdict::NotSwapped, Some(Doubt::Lost))
    );
    assert!(
        report.verified && report.reason.contains("no swap was begun"),
        "{}",
        report.reason
    );

    // A list that may lack the newest tasks is no proof either.
    for tasks in [Tasks::Endless, Tasks::Forbidden] {
        let blind = World {
            tasks,
            ..World::PLAIN
        };
        let (report, _) = swap_with(blind, Fault::LostBefore);
        assert_eq!(
            (report.verdict, report.doubt),
            (Verdict::Unknown, Some(Doubt::Lost))
        );
    }
    let blind = World {
        tasks: Tasks::Forbidden,
        ..World::PLAIN
    };
    let (report, _) = swap_with(blind, Fault::LostBefore);
    assert!(
        report
            .notes
            .iter()
            .any(|note| note.contains("tasks cannot be read")),
        "{report:?}"
    );

    let (report, _) = swap_with(World::PLAIN, Fault::LostAfter);
    assert_eq!(report.verdict, Verdict::Swapped);
    assert!(report.job.is_some(), "its job is in the list of tasks");
}

/// A swap that arrives while its fate is being found out is seen.
#[test]
fn a_late_copy_is_seen() {
    for tasks in [Tasks::After(0), Tasks::Forbidden] {
        let (report, _) = swap_with(
            World {
                tasks,
                ..World::PLAIN
            },
            Fault::ArrivesLater(1_000),
        );
        assert_eq!(report.verdict, Verdict::Swapped, "{tasks:?}");
    }
}

#[test]
fn a_failed_job_is_told_soon() {
    let (report, model) = swap_with(
        World {
            job: Job::Fails,
            ..World::PLAIN
        },
        Fault::None,
    );
    assert_eq!(
        (report.verdict, report.outcome),
        (Verdict::NotSwapped, Outcome::Accepted)
    );
    assert!(
        report.verified && report.reason.contains("the job failed (why)"),
        "{}",
        report.reason
    );
    assert!(model.now_ms < 10_500, "{} ms", model.now_ms);
}

#[test]
fn a_job_that_does_not_end_is_unknown() {
    let (report, _) = swap_with(
        World {
            job: Job::Hangs,
            ..World::PLAIN
        },
        Fault::None,
    );
    assert_eq!(
        (report.verdict, report.doubt),
        (Verdict::Unknown, Some(Doubt::Late))
    );
    assert!(
        report.reason.contains("it may still swap"),
        "{}",
        report.reason
    );
}

/// While it waits for flow control the world goes on.
#[test]
fn what_somebody_swaps_during_a_pause_is_not_swapped_back() {
    let world = World {
        other: Other::SwapsDuringThrottling,
        ..World::PLAIN
    };
    let mut throttled = false;
    let (report, model) = run(world, &options(), &mut |request, _| {
        if is_swap(request) && !std::mem::replace(&mut throttled, true) {
            Fault::Refused(429, "APIGW.0308")
        } else {
            Fault::None
        }
    });
    assert_eq!(
        (report.verdict, model.swaps.len()),
        (Verdict::NotSwapped, 1),
        "{report:?}"
    );
    assert!(
        report.reason.contains("somebody swapped"),
        "{}",
        report.reason
    );
}

#[test]
fn a_throttled_swap_is_sent_again_when_nothing_has_changed() {
    let mut throttled = false;
    let (report, model) = run(World::PLAIN, &options(), &mut |request, _| {
        if is_swap(request) && !std::mem::replace(&mut throttled, true) {
            Fault::Refused(429, "APIGW.0308")
        } else {
            Fault::None
        }
    });
    assert_eq!(
        (report.verdict, report.swap_requests),
        (Verdict::Swapped, 2)
    );
    assert_eq!(model.swaps.len(), 1);
}

/// What is not sent in the end does not unsay what was.
#[test]
fn a_throttled_swap_that_is_not_sent_again_was_sent_and_refused() {
    let mut throttled = false;
    let (report, model) = run(World::PLAIN, &options(), &mut |request, _| {
        if !is_swap(request) {
            Fault::None
        } else if std::mem::replace(&mut throttled, true) {
            Fault::Freeze
        } else {
            Fault::Refused(429, "APIGW.0308")
        }
    });
    assert_eq!(
        (report.verdict, report.outcome, report.swap_requests),
        (Verdict::NotSwapped, Outcome::Rejected, 1),
        "{report:?}"
    );
    assert_eq!((model.swaps_sent, model.swaps.len()), (1, 0));
    assert!(
        report.reason.contains("not sent again"),
        "{}",
        report.reason
    );
}

/// Runs that share a journal: the other one has swapped and removed its record before this one writes its own.
#[test]
fn what_another_run_swapped_before_the_intent_was_written_is_not_swapped_back() {
    for (goal, verdict) in [
        (None, Verdict::NotSwapped),
        (Some(Goal::Zone("z1".to_owned())), Verdict::Already),
    ] {
        let world = World {
            other: Other::SwapsBeforeWrite,
            ..World::PLAIN
        };
        let mut model = Model::new(world);
        let mut drive = Drive {
            fault: &mut |_, _| Fault::None,
            dies_at: None,
            aborts_at: None,
            journal: Some(None),
            options: Options { goal, ..options() },
        };
        let report = drive.run(&mut model).report.expect("nobody dies");
        judge(&report, &model, &world);
        assert_eq!(
            (report.verdict, model.swaps_sent),
            (verdict, 0),
            "{report:?}"
        );
        assert_eq!(drive.journal, Some(None), "the record is removed");
    }
}

#[test]
fn a_process_that_stood_still_reads_the_roles_again() {
    let mut frozen = false;
    let mut freeze = |world| {
        frozen = false;
        run(world, &options(), &mut |request, _| {
            if is_swap(request) && !std::mem::replace(&mut frozen, true) {
                Fault::Freeze
            } else {
                Fault::None
            }
        })
    };
    let world = World {
        other: Other::SwapsDuringFreeze,
        ..World::PLAIN
    };
    let (report, model) = freeze(world);
    assert_eq!(
        (report.outcome, model.swaps_sent),
        (Outcome::NotSent, 0),
        "{report:?}"
    );
    assert!(
        report.reason.contains("somebody swapped"),
        "{}",
        report.reason
    );
    let (report, model) = freeze(World::PLAIN);
    assert_eq!((report.verdict, model.swaps_sent), (Verdict::Swapped, 1));
}

#[test]
fn a_goal_that_holds_sends_nothing() {
    let to = |goal| Options {
        goal: Some(goal),
        ..options()
    };
    for goal in [
        Goal::Node("n0-0".to_owned()),
        Goal::Zone("z0".to_owned()),
        Goal::AwayFromZone("z1".to_owned()),
    ] {
        let (report, model) = run(World::PLAIN, &to(goal), &mut |_, _| Fault::None);
        assert_eq!((report.verdict, model.swaps_sent), (Verdict::Already, 0));
        assert_eq!(report.outcome, Outcome::NotSent);
        assert!(report.after.is_some() && report.after == report.before);
    }
    let (report, _) = run(
        World::PLAIN,
        &to(Goal::Zone("z1".to_owned())),
        &mut |_, _| Fault::None,
    );
    assert_eq!(report.verdict, Verdict::Swapped);
}

#[test]
fn another_master_than_expected_is_not_swapped() {
    for (expected, verdict) in [("n1-0", Verdict::NotSwapped), ("n0-0", Verdict::Swapped)] {
        let given = Options {
            expected_master: Some(expected.to_owned()),
            ..options()
        };
        let (report, model) = run(World::PLAIN, &given, &mut |_, _| Fault::None);
        assert_eq!(report.verdict, verdict, "{}", report.reason);
        assert_eq!(model.swaps_sent, u32::from(verdict == Verdict::Swapped));
    }
}
