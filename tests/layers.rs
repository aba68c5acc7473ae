//! The layers of the crate: what a file of `src/` uses lies below it, so that there is no circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// From the bottom to the top, as ARCHITECTURE.md draws them; modules of one level do not use each other.
const LEVELS: &[&[&str]] = &[
    &["text"],
    &["crypto", "json", "suggest", "time"],
    &["http"],
    &["error"],
    &["credential", "refusal", "region"],
    &["retry", "sign"],
    &["operation"],
    &["call", "job"],
    &["switchover"],
    &["config"],
    &["js"],
];

fn level(module: &str) -> usize {
    let at = LEVELS.iter().position(|level| level.contains(&module));
    at.unwrap_or_else(|| {
        panic!("{module} has no level: ARCHITECTURE.md and this test name all modules")
    })
}

/// The modules that each top-level module names with `crate::`, outside of its tests.
fn uses() -> BTreeMap<String, BTreeSet<String>> {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(&src).unwrap().with_extension("");
            let module = inside.iter().next().unwrap().to_str().unwrap().to_owned();
            let is_source = path.extension().is_some_and(|extension| extension == "rs");
            if !is_source || module == "lib" || path.ends_with("tests.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
            let lines = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            let named = uses.entry(module).or_default();
            for line in lines {
                for after in line.split("crate::").skip(1) {
                    let name: String = after
                        .chars()
                        .take_while(|c| c.is_alphanumeric() || *c == '_')
                        .collect();
                    named.insert(name);
                }
            }
        }
    }
    uses
}

#[test]
fn every_module_uses_only_what_lies_below_it() {
    let uses = uses();
    assert!(
        uses.len() > 15 && uses["text"].is_empty(),
        "text imports nothing: {uses:?}"
    );
    let mut faults = Vec::new();
    for (module, named) in &uses {
        for other in named.iter().filter(|other| *other != module) {
            if level(other) >= level(module) {
                faults.push(format!("{module} uses {other}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:?}");
}

#[test]
fn architecture_draws_the_same_levels() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    let paper = std::fs::read_to_string(path).unwrap();
    let drawn = paper
        .split("<!-- levels -->")
        .nth(1)
        .expect("the levels stand between two marks");
    let drawn: Vec<Vec<&str>> = drawn
        .lines()
        .filter(|line| line.starts_with("- "))
        .map(|line| line.split('`').skip(1).step_by(2).collect())
        .collect();
    let mut levels: Vec<Vec<&str>> = LEVELS.iter().map(|level| level.to_vec()).collect();
    levels.reverse();
    assert_eq!(drawn, levels);
}
