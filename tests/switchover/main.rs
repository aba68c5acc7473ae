//! The machine of a switchover, and below it that of single calls, against a model of the service: by hand for each story, and
//! through every interleaving of faults to a depth. What is said is judged by what the model knows.

mod check;
mod every_interleaving;
mod stories;

use huaweicloud_dcs::operation::Request;
use huaweicloud_dcs::retry::Effect;
use huaweicloud_dcs::switchover::{Goal, Options, Record, Report};
use service_model::{Drive, Fault, Model, World, judge, judge_counts};

fn options() -> Options {
    Options {
        times: Drive::times(),
        ..Options::default()
    }
}

fn is_swap(request: &Request) -> bool {
    request.operation().effect == Effect::Swap
}

/// Drives a switchover through a world, with a fault for the swap alone, and judges it.
fn swap_with(world: World, fault: Fault) -> (Report, Model) {
    run(world, &options(), &mut |request, _| {
        if is_swap(request) { fault } else { Fault::None }
    })
}

fn run(
    world: World,
    options: &Options,
    fault: &mut dyn FnMut(&Request, u32) -> Fault,
) -> (Report, Model) {
    let mut model = Model::new(world);
    let mut drive = Drive {
        fault,
        dies_at: None,
        aborts_at: None,
        journal: None,
        options: options.clone(),
    };
    let report = drive.run(&mut model).report.expect("nobody dies");
    judge(&report, &model, &world);
    judge_counts(&report, &model, &world);
    (report, model)
}

/// Runs again what died at a moment, with what the journal holds.
fn run_again(model: &mut Model, journal: Option<Option<Record>>, goal: Option<Goal>) -> Report {
    let mut again = Drive {
        fault: &mut |_, _| Fault::None,
        dies_at: None,
        aborts_at: None,
        journal,
        options: Options { goal, ..options() },
    };
    again.run(model).report.expect("nobody dies")
}
