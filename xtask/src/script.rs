//! The tasks that are a script with the package and an emulator at hand: bench, peers, matrix, screenshots.

use anyhow::{Result, bail};

use crate::emulator::Emulator;
use crate::setup::{self, Need};
use crate::{build, process, project, tools};

#[derive(clap::Args)]
pub struct Args {
    /// Passed on to the script
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// A script, and what it needs.
pub struct Script {
    /// From the root of the project; run by Node.
    path: &'static str,
    /// On the machine, beside what builds the package.
    needs: &'static [Need],
    /// Arguments of an emulator that runs meanwhile, if any.
    emulator: Option<&'static [&'static str]>,
}

/// The fault campaign: `--runs N`, `--seed S --only K`, `--chromium [--via]`.
pub const CAMPAIGN: Script = Script {
    path: "tests/campaign/run.mjs",
    needs: &[],
    emulator: Some(&[]),
};

/// A hundred switchovers of a real Redis pair under a writer.
pub const REDIS: Script = Script {
    path: "tests/campaign/redis.mjs",
    needs: &[Need::Redis],
    emulator: Some(&["--redis", "--job-ms", "50"]),
};

/// Speed beside that of peers.
pub const BENCH: Script = Script {
    path: "benches/run.mjs",
    needs: &[],
    emulator: Some(&[]),
};

/// The official SDKs and this package, asked the same. The emulator is set back for each.
pub const PEERS: Script = Script {
    path: "tests/peers/run.mjs",
    needs: &[],
    emulator: Some(&[]),
};

/// Runtimes and bundlers.
pub const MATRIX: Script = Script {
    path: "tests/matrix/run.mjs",
    needs: &[Need::Chrome],
    emulator: Some(&["--variety"]),
};

/// The console in each state. Starts emulators of its own, which serve it.
pub const SCREENSHOTS: Script = Script {
    path: "tests/console/screenshots.mjs",
    needs: &[],
    emulator: None,
};

pub fn run(script: &Script, args: &Args) -> Result<()> {
    if !project::at(script.path).is_file() {
        bail!("{} is not there", script.path);
    }
    setup::ensure(&[setup::BUILD, script.needs].concat())?;
    build::package(false)?;
    let mut node = tools::command("node");
    node.arg(project::at(script.path)).args(&args.rest);
    node.env("DCS_PKG", project::at("pkg"));
    let emulator = match script.emulator {
        Some(args) => Some(Emulator::start(args, true, None)?),
        None => None,
    };
    if let Some(emulator) = &emulator {
        node.env("DCS_EMULATOR_URL", &emulator.url);
    }
    process::run(&mut node)
}
