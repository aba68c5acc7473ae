//! `cargo xtask size`: raw, gzip and brotli size of every entry, beside its goal.

use anyhow::Result;

use crate::{build, process, project, setup, tools};

#[derive(clap::Args)]
pub struct Args {
    /// Record the sizes in xtask/size.json
    #[arg(long)]
    write: bool,
    /// Fail when a size differs from the recorded one by more than two percent
    #[arg(long, conflicts_with = "write")]
    check: bool,
}

pub fn run(args: &Args) -> Result<()> {
    setup::ensure(setup::BUILD)?;
    build::package(false)?;
    let mut node = tools::node_script("size.mjs");
    node.arg(project::at("pkg"));
    if args.write {
        node.arg("--write");
    }
    if args.check {
        node.arg("--check");
    }
    process::run(&mut node)
}
