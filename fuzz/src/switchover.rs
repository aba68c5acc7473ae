//! The machines of a switchover and of its calls against the model of the service that all tests share: worlds, faults, aborts,
//! and deaths of the process, as the bytes choose them.

use arbitrary::{Arbitrary, Unstructured};
use huaweicloud_dcs::error::Error;
use huaweicloud_dcs::retry::Effect;
use huaweicloud_dcs::switchover::{Goal, Options, Times};
use service_model::{Drive, Fault, Job, Model, Other, Tasks, World, judge, judge_counts};

/// What the bytes choose.
#[derive(Debug, Arbitrary)]
struct Input {
    job: u8,
    tasks_after_ms: Option<u16>,
    lag_ms: u16,
    other: u8,
    swaps_back_after_ms: u16,
    new_ids: bool,
    clock_jump_ms: i32,
    interval_ms: u16,
    follow_ms: u16,
    verify_ms: u16,
    max_attempts: u8,
    goal: bool,
    journal: bool,
    aborts_at: Option<u8>,
    dies_at: Option<u8>,
    faults: Vec<(u8, u16)>,
}

/// Refusals of all kinds.
const REFUSALS: [(u16, &str); 12] = [
    (400, "DCS.4061"),
    (400, "DCS.4026"),
    (400, "DCS.9999"),
    (401, "APIGW.0301"),
    (401, "401"),
    (403, "DCS.2003"),
    (404, "DCS.3022"),
    (409, "x"),
    (429, "x"),
    (500, "DCS.5000"),
    (503, "APIGW.0308"),
    (302, "x"),
];

/// Answers to the second copy of a swap, or of something on the way, none of which is on the list of proofs.
const DOUBTS: [(u16, &str); 8] = [
    (400, "DCS.4121"),
    (400, "DCS.4049"),
    (400, "CBC.99003651"),
    (401, "401"),
    (404, "404"),
    (408, "x"),
    (421, "x"),
    (502, "x"),
];

impl Input {
    fn world(&self) -> World {
        let jobs = [
            Job::Succeeds,
            Job::Fails,
            Job::Hangs,
            Job::Stuck,
            Job::Mumbles,
            Job::Foreign,
        ];
        let others = [
            Other::Nobody,
            Other::SwapsBackAfter(self.swaps_back_after_ms.into()),
            Other::SwapsDuringThrottling,
            Other::SwapsDuringFreeze,
        ];
        World {
            job: jobs[usize::from(self.job) % jobs.len()],
            tasks: match self.tasks_after_ms {
                // A task appears while its fate is found out; how soon is not documented.
                Some(ms) => Tasks::After(i64::from(ms).min(self.found_out_ms() / 2)),
                None => Tasks::Forbidden,
            },
            lag_ms: self.lag_ms.into(),
            other: others[usize::from(self.other) % others.len()],
            new_ids: self.new_ids,
            clock_jump_ms: self.clock_jump_ms.into(),
        }
    }

    fn times(&self) -> Times {
        Times {
            interval_ms: u32::from(self.interval_ms).max(50),
            follow_timeout_ms: u32::from(self.follow_ms).max(1),
            verify_timeout_ms: u32::from(self.verify_ms).max(1_000),
        }
    }

    /// How long it is found out what became of a swap.
    fn found_out_ms(&self) -> i64 {
        const SHORT_MS: u32 = 10_000;
        let ms = self.times().verify_timeout_ms;
        i64::from(if self.transport_repeats() {
            ms.min(SHORT_MS)
        } else {
            ms
        })
    }

    /// Whether flow control may refuse the second copy of a swap that ran.
    fn transport_repeats(&self) -> bool {
        self.max_attempts >= 128
    }

    fn fault(&self, request: u32, swap: bool) -> Fault {
        let Some((kind, more)) = self.faults.get(request as usize) else {
            return Fault::None;
        };
        let which = usize::from(*more);
        match kind % 12 {
            0 | 1 => Fault::None,
            2 => {
                let (status, code) = REFUSALS[which % REFUSALS.len()];
                Fault::Refused(status, code)
            }
            3 => Fault::LostBefore,
            4 => Fault::TimeoutBefore,
            5 => Fault::Foreign,
            6 => Fault::Malformed,
            7 if swap && self.transport_repeats() && which % 2 == 1 => {
                Fault::AnsweredAfter(429, "APIGW.0308")
            }
            7 if swap => {
                let (status, code) = DOUBTS[which % DOUBTS.len()];
                Fault::AnsweredAfter(status, code)
            }
            8 if swap => Fault::Doubled((*more).into()),
            // A copy that arrives while its fate is found out; a later one cannot be seen.
            9 if swap => Fault::ArrivesLater(i64::from(*more) % (self.found_out_ms() / 2)),
            10 => Fault::LostAfter,
            11 => Fault::TimeoutAfter,
            _ => Fault::Freeze,
        }
    }
}

/// Bytes as [`Input`].
pub fn check(data: &[u8]) {
    if let Ok(input) = Input::arbitrary(&mut Unstructured::new(data)) {
        play(&input);
    }
}

fn play(input: &Input) {
    let options = Options {
        times: input.times(),
        max_attempts: u32::from(input.max_attempts % 5) + 1,
        transport_repeats: input.transport_repeats(),
        goal: input.goal.then(|| Goal::Zone("z1".to_owned())),
        ..Options::default()
    };
    let mut model = Model::new(input.world());
    let mut drive = Drive {
        fault: &mut |request, number| {
            input.fault(number, request.operation().effect == Effect::Swap)
        },
        dies_at: input.dies_at.map(Into::into),
        aborts_at: input.aborts_at.map(Into::into),
        journal: input.journal.then_some(None),
        options: options.clone(),
    };
    let first = drive.run(&mut model).report;
    let journal = drive.journal.clone();
    if let Some(report) = first {
        judge(&report, &model, input);
        if input.aborts_at.is_none() {
            judge_counts(&report, &model, input);
        }
        assert!(
            report.error != Some(Error::aborted()) || input.aborts_at.is_some(),
            "{input:?}"
        );
        return;
    }
    // The process died. Whoever runs it again finds the record, if one was written, and only reads.
    model.pass(20_000);
    let sent = model.swaps_sent;
    let open = matches!(journal, Some(Some(_)));
    let mut again = Drive {
        fault: &mut |_, _| Fault::None,
        dies_at: None,
        aborts_at: None,
        journal,
        options,
    };
    let report = again.run(&mut model).report.expect("nobody dies");
    assert_eq!(report.resumed, open, "{input:?}");
    if open {
        judge(&report, &model, input);
        assert_eq!(
            model.swaps_sent, sent,
            "a resumed one only reads: {input:?}"
        );
    }
}
