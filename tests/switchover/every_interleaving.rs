//! Every interleaving of faults to a depth, in each world; and the same with a process that dies at any moment and is run again.

use huaweicloud_dcs::switchover::{Goal, Options, Verdict};
use service_model::{Drive, Fault, Job, Model, Other, Tasks, World, judge, judge_counts};

use crate::{is_swap, options, run_again};

const DEPTH: usize = 6;

const READ_FAULTS: &[Fault] = &[
    Fault::None,
    Fault::Refused(403, "DCS.2003"),
    Fault::Refused(503, "x"),
    Fault::LostBefore,
    Fault::Foreign,
];

const SWAP_FAULTS: &[Fault] = &[
    Fault::None,
    Fault::Refused(400, "DCS.4061"),
    Fault::Refused(400, "DCS.4026"),
    Fault::Refused(401, "APIGW.0301"),
    Fault::Refused(429, "APIGW.0308"),
    Fault::Refused(500, "DCS.5000"),
    Fault::AnsweredAfter(500, "DCS.5000"),
    Fault::AnsweredAfter(408, "x"),
    Fault::AnsweredAfter(421, "x"),
    Fault::AnsweredAfter(400, "DCS.4121"),
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::TimeoutBefore,
    Fault::TimeoutAfter,
    Fault::Malformed,
    Fault::ArrivesLater(700),
    Fault::Doubled(1),
    Fault::Doubled(300),
    Fault::Freeze,
];

const WORLDS: &[World] = &[
    World::PLAIN,
    World {
        tasks: Tasks::Forbidden,
        ..World::PLAIN
    },
    World {
        tasks: Tasks::After(400),
        ..World::PLAIN
    },
    World {
        job: Job::Fails,
        ..World::PLAIN
    },
    World {
        job: Job::Hangs,
        ..World::PLAIN
    },
    World {
        job: Job::Stuck,
        ..World::PLAIN
    },
    World {
        job: Job::Mumbles,
        ..World::PLAIN
    },
    World {
        job: Job::Foreign,
        ..World::PLAIN
    },
    World {
        lag_ms: 500,
        ..World::PLAIN
    },
    World {
        lag_ms: 5_000,
        ..World::PLAIN
    },
    World {
        new_ids: true,
        ..World::PLAIN
    },
    World {
        other: Other::SwapsBackAfter(260),
        ..World::PLAIN
    },
    World {
        other: Other::SwapsDuringThrottling,
        ..World::PLAIN
    },
    World {
        other: Other::SwapsDuringFreeze,
        ..World::PLAIN
    },
    World {
        clock_jump_ms: 61_000,
        ..World::PLAIN
    },
    World {
        clock_jump_ms: -3_600_000,
        ..World::PLAIN
    },
    World {
        tasks: Tasks::Forbidden,
        lag_ms: 500,
        ..World::PLAIN
    },
];

/// What a transport that repeats requests by itself may add: the swap runs, and its second copy is refused by flow control.
const REPEATED: Fault = Fault::AnsweredAfter(429, "APIGW.0308");

/// Goes through every choice of faults: an odometer, in which each run says how many choices there were at each request.
fn every_choice(
    swap_faults: &[Fault],
    mut one: impl FnMut(&mut dyn FnMut(bool) -> Fault, &[usize]) -> u32,
) -> u32 {
    let mut runs = 0;
    let mut choices: Vec<usize> = Vec::new();
    loop {
        let mut sizes = Vec::new();
        let known = choices.clone();
        runs += one(
            &mut |swap| {
                let at = sizes.len();
                if at == DEPTH {
                    return Fault::None;
                }
                let faults = if swap { swap_faults } else { READ_FAULTS };
                sizes.push(faults.len());
                faults[known.get(at).copied().unwrap_or(0)]
            },
            &known,
        );
        choices.resize(sizes.len(), 0);
        loop {
            let Some(last) = choices.pop() else {
                return runs;
            };
            if last + 1 < sizes[choices.len()] {
                choices.push(last + 1);
                break;
            }
        }
    }
}

#[test]
fn no_claim_without_its_proof_to_depth_six() {
    let mut verdicts = [0u32; 4];
    let mut runs = 0;
    for world in WORLDS {
        for goal in [None, Some(Goal::Zone("z1".to_owned()))] {
            let given = Options { goal, ..options() };
            runs += every_choice(SWAP_FAULTS, |next, choices| {
                let mut model = Model::new(*world);
                let mut drive = Drive {
                    fault: &mut |request, _| next(is_swap(request)),
                    dies_at: None,
                    aborts_at: None,
                    journal: None,
                    options: given.clone(),
                };
                let report = drive.run(&mut model).report.expect("nobody dies");
                let story = (world, &given.goal, choices);
                judge(&report, &model, &story);
                judge_counts(&report, &model, &story);
                verdicts[report.verdict as usize] += 1;
                1
            });
        }
    }
    println!("{runs} runs: swapped, already, not swapped, unknown = {verdicts:?}");
    assert!(
        runs > 130_000 && verdicts.iter().all(|count| *count > 100),
        "{runs} {verdicts:?}"
    );
}

/// Where the transport repeats requests by itself, a refusal by flow control is no proof: whatever can be read may show that the
/// swap ran, and what cannot be read leaves it unknown.
#[test]
fn a_refusal_by_flow_control_proves_nothing_where_the_transport_repeats() {
    let faults = [REPEATED, Fault::Refused(429, "APIGW.0308"), Fault::None];
    let mut verdicts = [0u32; 4];
    for world in WORLDS {
        for (max_attempts, aborts_at) in [(1, None), (3, None), (3, Some(8)), (3, Some(13))] {
            let given = Options {
                goal: aborts_at.is_none().then(|| Goal::Zone("z1".to_owned())),
                max_attempts,
                transport_repeats: true,
                ..options()
            };
            every_choice(&faults, |next, choices| {
                let mut model = Model::new(*world);
                let mut swapping = false;
                let mut drive = Drive {
                    // The check finds what it needs: what matters is read after it.
                    fault: &mut |request, _| {
                        swapping |= is_swap(request);
                        if swapping {
                            next(is_swap(request))
                        } else {
                            Fault::None
                        }
                    },
                    dies_at: None,
                    aborts_at,
                    journal: None,
                    options: given.clone(),
                };
                let report = drive.run(&mut model).report.expect("nobody dies");
                let story = (world, max_attempts, aborts_at, choices);
                judge(&report, &model, &story);
                let ours = model.swaps.iter().filter(|swap| swap.ours).count();
                assert!(ours <= 1, "{ours} swaps: {story:?} {report:?}");
                verdicts[report.verdict as usize] += 1;
                1
            });
        }
    }
    println!("swapped, already, not swapped, unknown = {verdicts:?}");
    assert!(
        [0, 2, 3].iter().all(|verdict| verdicts[*verdict] > 100),
        "{verdicts:?}"
    );
}

/// A process that dies at any request, before or after it was sent, and is run again: with a journal, or with a goal, the
/// instance is swapped once.
#[test]
fn what_dies_and_is_run_again_swaps_once() {
    let mut runs = 0;
    for world in WORLDS.iter().filter(|world| world.other == Other::Nobody) {
        for fault in SWAP_FAULTS {
            for dies_at in 0..24 {
                for with_journal in [true, false] {
                    dies_once(*world, *fault, dies_at, with_journal);
                    runs += 1;
                }
            }
        }
    }
    println!("{runs} deaths");
    assert!(runs > 5_000);
}

fn dies_once(world: World, fault: Fault, dies_at: u32, with_journal: bool) {
    let goal = (!with_journal).then(|| Goal::Zone("z1".to_owned()));
    let mut model = Model::new(world);
    let mut first = Drive {
        fault: &mut |request, _| if is_swap(request) { fault } else { Fault::None },
        dies_at: Some(dies_at),
        aborts_at: None,
        journal: with_journal.then_some(None),
        options: Options {
            goal: goal.clone(),
            ..options()
        },
    };
    let died = first.run(&mut model).report.is_none();
    let journal = first.journal.clone();
    if !died {
        return;
    }
    let story = (world, fault, dies_at, with_journal);
    // Whoever runs it again does so when the job has ended: an instance that is busy is refused.
    model.pass(3_000 + world.lag_ms);
    let open = matches!(journal, Some(Some(_)));
    let sent = model.swaps_sent;
    let report = run_again(&mut model, journal, goal);
    assert_eq!(report.resumed, open, "{story:?}");
    if open {
        // It speaks for the run that died as well.
        judge(&report, &model, &story);
    }
    let doubled = matches!(fault, Fault::Doubled(300));
    let ours = model.effective_swaps_of_ours();
    assert!(
        !open || model.swaps_sent == sent,
        "a resumed one only reads: {story:?}"
    );
    // Two copies of one request are one swap of ours; that both of them ran is told as unknown.
    assert!(
        ours <= 1 || doubled && report.verdict != Verdict::NotSwapped,
        "{story:?}: {:?} {report:?}",
        model.swaps
    );
}
