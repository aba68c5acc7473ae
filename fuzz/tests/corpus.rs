//! Every committed input of every target, without libFuzzer: what was found stays fixed.

use std::path::Path;

#[test]
fn committed_inputs_keep_the_promises() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (target, check) in huaweicloud_dcs_fuzz::TARGETS {
        let mut tried = 0;
        for entry in std::fs::read_dir(corpus.join(target)).expect(target) {
            let path = entry.expect(target).path();
            println!("{}", path.display());
            check(&std::fs::read(&path).expect(target));
            tried += 1;
        }
        assert!(tried >= 10, "{target}: {tried} inputs");
    }
}

#[test]
fn every_folder_and_every_program_is_a_target() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = |folder: &str| {
        let entries = std::fs::read_dir(root.join(folder)).expect(folder);
        let mut names: Vec<String> = entries
            .map(|entry| {
                let path = entry.expect(folder).path();
                let name = path.file_stem().expect(folder);
                name.to_string_lossy().into_owned()
            })
            .collect();
        names.sort();
        names
    };
    let mut targets: Vec<&str> = huaweicloud_dcs_fuzz::TARGETS
        .iter()
        .map(|(name, _)| *name)
        .collect();
    targets.sort_unstable();
    assert_eq!(names("corpus"), targets);
    assert_eq!(names("fuzz_targets"), targets);
}
