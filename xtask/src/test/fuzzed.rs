//! The fuzz targets: linted, fed with their committed inputs, then run for a while each.

use std::fs::File;
use std::time::Duration;

use anyhow::Result;

use super::count::{self, Counts, Runner};
use crate::{fuzz, process, project, tools};

/// For each target; two run at a time.
const SECONDS: u64 = 120;

/// Tries every target.
pub fn check(log: &mut File) -> Result<Counts> {
    let mut counts = Counts::default();
    let steps: [(&[&str], Runner); 3] = [
        (&["fmt", "--check"], Runner::Status),
        (
            &["clippy", "--quiet", "--all-targets", "--", "-Dwarnings"],
            Runner::Status,
        ),
        (&["test", "--no-fail-fast"], Runner::Cargo),
    ];
    for (args, runner) in steps {
        let mut cargo = tools::command("cargo");
        cargo.args(args).current_dir(project::at("fuzz"));
        cargo.env("CARGO_TARGET_DIR", project::at("target/fuzz"));
        let ran = process::capture(&mut cargo, log, false, Duration::from_secs(900))?;
        let counted = count::of(&ran, runner);
        if counted.failed > 0 {
            println!("{}", count::tail(&ran.text, 40));
        }
        counts += counted;
    }
    for run in fuzz::fuzz(&fuzz::targets()?, SECONDS, 2, log)? {
        counts += match run.finding {
            None => Counts::passed(1),
            Some(_) => Counts::failed(1),
        };
    }
    Ok(counts)
}
