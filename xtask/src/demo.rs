//! `cargo xtask demo`: builds the package and lets it swap the nodes of an instance.

use anyhow::Result;

use crate::emulator::Emulator;
use crate::setup::{self, Need};
use crate::{build, console, process, project, tools};

#[derive(clap::Args)]
pub struct Args {
    /// Two real redis-server processes, with a key that outlives the switchover
    #[arg(long)]
    redis: bool,
    /// Keep the emulator and the console running until Ctrl-C
    #[arg(long)]
    serve: bool,
    /// Open the console in a browser; implies --serve
    #[arg(long)]
    open: bool,
    /// The real service instead of the emulator: its region
    #[arg(long, requires = "instance_id", conflicts_with_all = ["redis", "serve", "open"])]
    region: Option<String>,
    /// The instance of the real service
    #[arg(long, requires = "region")]
    instance_id: Option<String>,
    /// The project of the real service; looked up when left out
    #[arg(long, requires = "region")]
    project_id: Option<String>,
    /// Do not ask before swapping on the real service
    #[arg(long, requires = "region")]
    yes: bool,
}

/// Printed first.
const HOW_LONG: &str = "The demo takes seconds. The first time it installs its tools and builds the package, \
which takes 5 to 15 minutes; system packages (--redis needs redis-server) come from apt-get, which needs root.";

pub fn run(args: &Args) -> Result<()> {
    println!("{HOW_LONG}");
    let redis: &[Need] = if args.redis { &[Need::Redis] } else { &[] };
    setup::ensure(&[setup::BUILD, redis].concat())?;
    build::package(false)?;
    let mut story = tools::command("node");
    story.arg(project::at("demo/switchover.mjs"));
    story.env("DCS_PKG", project::at("pkg"));
    if let (Some(region), Some(instance)) = (&args.region, &args.instance_id) {
        story.args(["--region", region, "--instance-id", instance]);
        if let Some(project) = &args.project_id {
            story.args(["--project-id", project]);
        }
        if args.yes {
            story.arg("--yes");
        }
        return process::run_in_foreground(&mut story);
    }
    let www = project::at("www/dist");
    let www_text = www.to_string_lossy().into_owned();
    let mut emulator_args = vec!["--job-ms", "1500"];
    if args.redis {
        emulator_args.push("--redis");
    }
    let serve = args.serve || args.open;
    if serve {
        console::build()?;
        emulator_args.extend(["--variety", "--www", &www_text]);
    }
    let emulator = Emulator::start(&emulator_args, false, None)?;
    story.env("DCS_EMULATOR_URL", &emulator.url);
    if args.redis {
        story.arg("--redis");
    }
    process::run_in_foreground(&mut story)?;
    if serve {
        println!("\nThe console: {}/   (Ctrl-C ends it)", emulator.url);
        if args.open {
            let _ = process::run(tools::command("xdg-open").arg(&emulator.url));
        }
        loop {
            std::thread::park();
        }
    }
    Ok(())
}
