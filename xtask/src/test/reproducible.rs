//! Two builds in two folders give the same bytes.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::count::Counts;
use crate::{build, process, project, wasm};

/// What is not source.
const LEFT_OUT: &[&str] = &["target", "pkg", "node_modules", ".git", "dist"];

/// Compiles each flavour here and in a copy of the tree with a target folder of its own.
pub fn check(log: &mut File) -> Result<Counts> {
    let copy = project::at("target/reproducible/another-folder");
    if copy.exists() {
        std::fs::remove_dir_all(&copy)?;
    }
    copy_tree(project::root(), &copy)?;
    let mut counts = Counts::default();
    for flavour in build::FLAVOURS {
        let here = compiled(flavour, project::root(), &project::at("target/wasm"))?;
        let there = compiled(flavour, &copy, &copy.join("target"))?;
        writeln!(log, "{flavour}: {here} here, {there} in another folder")?;
        if here == there {
            counts += Counts::passed(1);
        } else {
            println!("   {flavour}: the bytes depend on the folder");
            counts += Counts::failed(1);
        }
    }
    std::fs::remove_dir_all(project::at("target/reproducible"))?;
    Ok(counts)
}

/// The hash of the module that ships. (What only the compiler made still names local files, for wasm-bindgen.)
fn compiled(flavour: &str, root: &Path, target: &Path) -> Result<String> {
    let _lock = project::lock("build")?;
    let features = [
        "--no-default-features",
        "--features",
        build::features_of(flavour),
    ];
    let mut cargo = wasm::release_build(&features)?;
    cargo.arg("--quiet").current_dir(root);
    cargo.env("CARGO_TARGET_DIR", target);
    process::output(&mut cargo)?;
    let work = project::at("target/reproducible/work");
    let shrunk = work.join("shrunk.wasm");
    build::shrink(flavour, &wasm::release_output(target), &work, &shrunk)?;
    Ok(project::hex(&Sha256::digest(std::fs::read(shrunk)?)))
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        let left_out = LEFT_OUT.iter().any(|name| entry.file_name() == *name);
        if kind.is_dir() && !left_out {
            copy_tree(&path, &copy)?;
        } else if kind.is_file() {
            std::fs::copy(&path, &copy).with_context(|| format!("copying {path:?}"))?;
        }
    }
    Ok(())
}
