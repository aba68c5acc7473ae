//! `cargo xtask site`: the papers, the references and the playground as static files that open from any path.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use crate::setup::{self, Need};
use crate::{build, console, process, project, tools};

/// What it needs on the machine.
pub const NEEDS: &[Need] = &[Need::Wasm, Need::WasmBindgen, Need::Npm];

const PAPERS: &str = "docs/site";
const REFERENCE: &str = "tests/papers";

#[derive(clap::Args)]
pub struct Args {
    /// Where the files go
    #[arg(long, default_value = "target/site")]
    out: PathBuf,
    /// Where links to sources lead, as https://github.com/OWNER/NAME; without it they are plain text
    #[arg(long)]
    repository: Option<String>,
}

pub fn run(args: &Args) -> Result<()> {
    setup::ensure(NEEDS)?;
    build::package(false)?;
    let out = project::root().join(&args.out);
    make(&out, args.repository.as_deref())?;
    println!("{}", out.join("index.html").display());
    Ok(())
}

/// Makes it anew in a folder, which may hold an older one and nothing else. The package must be built.
pub fn make(out: &Path, repository: Option<&str>) -> Result<()> {
    ensure!(
        !out.exists() || is_site(out) || std::fs::read_dir(out)?.next().is_none(),
        "{} holds something else than a site",
        out.display()
    );
    if out.exists() {
        std::fs::remove_dir_all(out)?;
    }
    write(out, repository)
}

/// Whether a folder is what this made before.
fn is_site(folder: &Path) -> bool {
    folder.join("search-index.js").is_file() && folder.join("index.html").is_file()
}

fn write(out: &Path, repository: Option<&str>) -> Result<()> {
    let _lock = project::lock("site")?;
    console::install(&project::at(PAPERS))?;
    console::install(&project::at(REFERENCE))?;
    console::npm(PAPERS, &["run", "--silent", "check"])?;
    let mut node = tools::command("node");
    node.arg(project::at(PAPERS).join("build.mjs"));
    node.arg(out).args(repository);
    process::run(&mut node)?;
    let api = out.join("api");
    console::npm(
        REFERENCE,
        &[
            "run",
            "--silent",
            "typedoc",
            "--",
            "--logLevel",
            "Warn",
            "--out",
            &api.to_string_lossy(),
        ],
    )?;
    console::playground(&out.join("playground"))
}
