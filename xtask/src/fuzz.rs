//! `cargo xtask fuzz`: the targets of fuzz/, each for a while, some at a time.
//!
//! What libFuzzer finds on its way is kept in target/fuzz/corpus, so that a later run goes on from there; the
//! committed corpora in fuzz/corpus are only read.

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::setup::{self, Need};
use crate::{process, project, tools};

#[derive(clap::Args)]
pub struct Args {
    /// For each target
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// Targets at a time
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// This target only; may be given again
    #[arg(long, value_name = "TARGET")]
    only: Vec<String>,
}

/// What it needs on the machine.
pub const NEEDS: &[Need] = &[Need::CargoFuzz];

/// What a target's run came to.
pub struct Run {
    /// The target.
    pub target: String,
    /// Inputs tried.
    pub inputs: u64,
    /// Edges of the code that inputs reached.
    pub edges: u64,
    /// Inputs kept, because each reaches something of its own.
    pub kept: u64,
    /// Where the input that broke a promise is, if one did.
    pub finding: Option<String>,
}

pub fn run(args: &Args) -> Result<()> {
    setup::ensure(NEEDS)?;
    let folder = folder();
    std::fs::create_dir_all(&folder)?;
    let mut log = File::create(folder.join("log"))?;
    let mut wanted = targets()?;
    if let Some(unknown) = args.only.iter().find(|name| !wanted.contains(name)) {
        bail!("no target \"{unknown}\"; there are {}", wanted.join(", "));
    }
    wanted.retain(|name| args.only.is_empty() || args.only.contains(name));
    let runs = fuzz(&wanted, args.seconds, args.jobs, &mut log)?;
    if runs.iter().any(|run| run.finding.is_some()) {
        bail!("a promise was broken; see {}", folder.join("log").display());
    }
    Ok(())
}

/// The targets, by their programs.
pub fn targets() -> Result<Vec<String>> {
    let programs = project::files_below(&project::at("fuzz/fuzz_targets"))?;
    let name = |path: &PathBuf| Some(path.file_stem()?.to_string_lossy().into_owned());
    Ok(programs.iter().filter_map(name).collect())
}

/// Builds the targets and runs each of `wanted` for so many seconds, `jobs` at a time.
pub fn fuzz(wanted: &[String], seconds: u64, jobs: usize, log: &mut File) -> Result<Vec<Run>> {
    let mut build = tools::command("cargo");
    // Sanitizer and coverage are flags that a stable compiler takes only when told so.
    build
        .args(["fuzz", "build", "--fuzz-dir", "fuzz", "--target-dir"])
        .arg(folder())
        .env("RUSTC_BOOTSTRAP", "1");
    let built = process::capture(&mut build, log, false, Duration::from_secs(1200))?;
    if !built.status.is_some_and(|status| status.success()) {
        bail!("the fuzz targets do not build:\n{}", built.text);
    }
    let programs = folder().join(host()?).join("release");
    let waiting = Mutex::new(wanted.iter().cloned());
    let runs = Mutex::new(Vec::new());
    let worker = |mut log: File| -> Result<()> {
        loop {
            let next = waiting.lock().expect("the targets").next();
            let Some(target) = next else { return Ok(()) };
            let run = run_target(&target, programs.join(&target), seconds, &mut log)?;
            print(&run);
            runs.lock().expect("the runs").push(run);
        }
    };
    std::thread::scope(|scope| -> Result<()> {
        let workers = (0..jobs.max(1))
            .map(|_| {
                Ok(scope.spawn({
                    let log = log.try_clone()?;
                    || worker(log)
                }))
            })
            .collect::<Result<Vec<_>>>()?;
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().expect("no worker panics"))
    })?;
    Ok(runs.into_inner().expect("the runs"))
}

fn print(run: &Run) {
    println!(
        "   {}: {} inputs tried, {} edges reached, {} kept",
        run.target, run.inputs, run.edges, run.kept
    );
    if let Some(finding) = &run.finding {
        println!(
            "   {}: broke a promise: {finding}\n   copy that file to fuzz/corpus/{}/ once it is fixed",
            run.target, run.target
        );
    }
}

fn run_target(target: &str, program: PathBuf, seconds: u64, log: &mut File) -> Result<Run> {
    let found = folder().join("corpus").join(target);
    let artifacts = folder().join("artifacts").join(target);
    for path in [&found, &artifacts] {
        std::fs::create_dir_all(path)?;
    }
    let mut command = Command::new(program);
    command
        .current_dir(project::root())
        .arg(&found)
        .arg(project::at("fuzz/corpus").join(target))
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(["-max_len=1024", "-timeout=10", "-rss_limit_mb=2048"])
        .arg("-print_final_stats=1");
    // The seeds are read before the time runs, and the last input may take its own.
    let limit = Duration::from_secs(seconds + 120);
    let captured = process::capture(&mut command, log, false, limit)?;
    let text = &captured.text;
    let finding = match captured.status {
        Some(status) if status.success() => None,
        _ => Some(
            text.lines()
                .find_map(|line| line.split_once("Test unit written to "))
                .map_or("see the log", |(_, path)| path)
                .to_owned(),
        ),
    };
    Ok(Run {
        target: target.to_owned(),
        inputs: stat(text, "stat::number_of_executed_units:").unwrap_or(0),
        edges: last(text, "cov:").unwrap_or(0),
        kept: last(text, "corp:").unwrap_or(0),
        finding,
    })
}

/// The number behind a name at the start of a line.
fn stat(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.trim().parse().ok()
}

/// The number behind the last word of that name, as in `cov: 12 ft: 34 corp: 5/67b`.
fn last(text: &str, name: &str) -> Option<u64> {
    let mut words = text.split_whitespace().rev();
    let mut behind = words.next()?;
    for word in words {
        if word == name {
            return behind.split('/').next()?.parse().ok();
        }
        behind = word;
    }
    None
}

/// The triple that the compiler compiles for here.
fn host() -> Result<String> {
    let told = process::output(Command::new("rustc").arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc tells its host")?.to_owned())
}

fn folder() -> PathBuf {
    project::at("target/fuzz")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read() {
        let text = "#1\tINITED cov: 3 ft: 4 corp: 1/1b exec/s: 0\n\
                    #9\tDONE   cov: 12 ft: 34 corp: 5/67b lim: 8 exec/s: 1 rss: 9Mb\n\
                    stat::number_of_executed_units: 9\nstat::peak_rss_mb:  400\n";
        assert_eq!(stat(text, "stat::number_of_executed_units:"), Some(9));
        assert_eq!(
            (last(text, "cov:"), last(text, "corp:")),
            (Some(12), Some(5))
        );
        assert_eq!(last("", "cov:"), None);
    }
}
