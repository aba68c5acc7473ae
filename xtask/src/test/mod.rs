//! `cargo xtask test`: every suite, then one line of totals.

mod count;
mod fuzzed;
mod reproducible;
mod secrets;
mod suites;
mod supply;

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::emulator::Emulator;
use crate::{build, process, project, setup};
use count::{Counts, Runner};
use suites::{LONG, Plan, SUITES, Suite, Work};

#[derive(clap::Args)]
pub struct Args {
    /// Run this suite only; may be given again
    #[arg(long, value_name = "SUITE")]
    only: Vec<String>,
    /// Run also the suites that take long: other engines and runtimes, campaigns, fuzzing
    #[arg(long, conflicts_with = "only")]
    all: bool,
    /// List the suites
    #[arg(long)]
    list: bool,
    /// Show what the suites print (it is in target/logs in any case)
    #[arg(short, long)]
    verbose: bool,
}

/// How long one suite may take.
const LIMIT: Duration = Duration::from_secs(25 * 60);

/// What a suite finds when it starts.
pub struct Room {
    /// Where the emulator listens, for suites that have one.
    pub emulator_url: Option<String>,
}

impl Room {
    /// Tells a program where the package and the emulator are.
    pub fn tell(&self, command: &mut Command) {
        command.env("DCS_PKG", project::at("pkg"));
        if let Some(url) = &self.emulator_url {
            command.env("DCS_EMULATOR_URL", url);
        }
    }
}

pub fn run(args: &Args) -> Result<()> {
    if args.list {
        for suite in SUITES {
            let long = if is_long(suite) { " (with --all)" } else { "" };
            println!("{:<14} {}{long}", suite.name, suite.about);
        }
        return Ok(());
    }
    let chosen = choose(args)?;
    if args.only.is_empty() && logs().is_dir() {
        std::fs::remove_dir_all(logs()).context("clearing old logs")?;
    }
    std::fs::create_dir_all(logs())?;
    println!("{}", how_long(args));
    let needs: Vec<_> = chosen
        .iter()
        .flat_map(|suite| suite.needs)
        .copied()
        .collect();
    setup::ensure(&needs)?;
    let mut total = Counts::default();
    for suite in chosen {
        total += run_suite(suite, args.verbose);
    }
    if !args.all && args.only.is_empty() {
        let long: Vec<_> = SUITES
            .iter()
            .filter(|suite| is_long(suite))
            .map(|suite| suite.name)
            .collect();
        println!("not asked for, and run with --all: {}", long.join(", "));
    }
    println!("{total}");
    if total.failed > 0 || total.passed == 0 {
        bail!("see target/logs");
    }
    Ok(())
}

/// What whoever waits wants to know first, as measured on two cores.
fn how_long(args: &Args) -> &'static str {
    if !args.only.is_empty() {
        "a suite takes from seconds to six minutes, and longer where something is built first"
    } else if args.all {
        "all suites take about 45 minutes, and an hour from nothing; a line is printed for each"
    } else {
        "this takes about 6 minutes, and 20 from nothing, when tools are built; a line is printed for each suite"
    }
}

/// Whether only `--all` runs it.
fn is_long(suite: &Suite) -> bool {
    LONG.contains(&suite.name)
}

fn choose(args: &Args) -> Result<Vec<&'static Suite>> {
    if args.only.is_empty() {
        return Ok(SUITES
            .iter()
            .filter(|suite| args.all || !is_long(suite))
            .collect());
    }
    let find = |name: &String| {
        SUITES
            .iter()
            .find(|suite| suite.name == name)
            .with_context(|| format!("no suite \"{name}\"; --list shows them"))
    };
    args.only.iter().map(find).collect()
}

/// Where the output of the suites is kept.
fn logs() -> PathBuf {
    project::at("target/logs")
}

/// Runs a suite and says how it went. What keeps it from running counts as a failure.
fn run_suite(suite: &Suite, verbose: bool) -> Counts {
    let start = Instant::now();
    println!("== {}: {}", suite.name, suite.about);
    let counts = try_suite(suite, verbose).unwrap_or_else(|error| {
        println!("{error:#}");
        Counts::failed(1)
    });
    println!(
        "   {}: {} in {:.1} s",
        suite.name,
        counts.in_words(),
        start.elapsed().as_secs_f64()
    );
    counts
}

fn try_suite(suite: &Suite, verbose: bool) -> Result<Counts> {
    let path = logs().join(format!("{}.log", suite.name));
    let mut log = File::create(&path)?;
    if suite.package {
        build::package(false)?;
    }
    let emulator = match suite.emulator {
        Some(how) => {
            let log = File::create(logs().join(format!("{}-emulator.log", suite.name)))?;
            Some(Emulator::start(how.args, how.release, Some(log))?)
        }
        None => None,
    };
    let room = Room {
        emulator_url: emulator.as_ref().map(|emulator| emulator.url.clone()),
    };
    let steps = match &suite.work {
        Work::Commands(plan) => plan(&room)?,
        Work::Check(check) => return check(&mut log),
    };
    let mut counts = Counts::default();
    for step in steps {
        counts += run_step(suite, step, &mut log, verbose)?;
    }
    Ok(counts)
}

/// Runs one command of a suite; its output is shown if it fails.
fn run_step(suite: &Suite, step: Plan, log: &mut File, verbose: bool) -> Result<Counts> {
    let Plan { name, mut command } = step;
    let captured = process::capture(&mut command, log, verbose, LIMIT)?;
    let counts = count::of(&captured, suite.count);
    if counts.failed > 0 && !verbose {
        println!("{}", count::tail(&captured.text, 60));
    }
    if counts.failed > 0 {
        println!("   failed: {name}");
    } else if suite.count == Runner::Status && counts.skipped > 0 {
        println!("   left out: {name}: {}", captured.text.trim());
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_long_suite_is_one() {
        for name in LONG {
            assert!(SUITES.iter().any(|suite| suite.name == *name), "{name}");
        }
        assert!(LONG.len() < SUITES.len());
    }
}
