//! `cargo xtask campaign`: switchovers with random faults, or on real Redis nodes under a writer.

use anyhow::Result;

use crate::script;

#[derive(clap::Args)]
#[group(skip)]
pub struct Args {
    /// On a pair of real Redis nodes, under a writer; without other faults
    #[arg(long)]
    redis: bool,
    /// --runs N, --seed S, --only K, --chromium, --via, --verbose
    #[command(flatten)]
    rest: script::Args,
}

pub fn run(args: &Args) -> Result<()> {
    let which = if args.redis {
        &script::REDIS
    } else {
        &script::CAMPAIGN
    };
    script::run(which, &args.rest)
}
