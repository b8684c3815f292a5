//! The bodies under `fuzz/`, on the committed inputs, on mutations of them and on pieces put together: short runs of what
//! the long ones do.

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use stellaops_db_fuzz::{Mutator, TARGETS, Target, corpus_folder, seeds};
use stellaops_db_tests::corpus;

/// As many inputs are made of each target's seeds.
const MUTATIONS: usize = 100;

/// As many inputs are put together of each target's pieces; proptest makes one that fails as short as it can.
const CASES: u32 = 40;

fn inputs(target: &Target) -> Vec<(String, Vec<u8>)> {
    let inputs = seeds(target.name).unwrap_or_else(|error| panic!("{}: {error}", target.name));
    assert!(!inputs.is_empty(), "{} has inputs", target.name);
    inputs
}

/// Runs a body with the name of what it runs on.
fn run(target: &Target, input: &[u8], told: &str) {
    let ended = std::panic::catch_unwind(|| (target.body)(input));
    let shown = &input[..input.len().min(500)];
    assert!(
        ended.is_ok(),
        "`{}` fails on {told}: {}",
        target.name,
        shown.escape_ascii()
    );
}

#[test]
fn every_input_of_the_corpus_is_taken() {
    for target in TARGETS {
        for (name, input) in inputs(target) {
            run(target, &input, &name);
        }
    }
}

#[test]
fn every_text_that_attacks_is_taken() {
    let texts = corpus::texts()
        .into_iter()
        .chain(corpus::long_texts())
        .map(String::into_bytes);
    let inputs: Vec<Vec<u8>> = texts
        .chain(corpus::no_utf8())
        .filter(|input| input.len() < 10_000)
        .collect();
    for target in TARGETS {
        for input in &inputs {
            run(target, input, "a text of the corpus");
        }
    }
}

#[test]
fn mutations_of_the_corpus_are_taken() {
    for target in TARGETS {
        let seeds = inputs(target)
            .into_iter()
            .map(|(_, input)| input)
            .filter(|input| input.len() < 10_000);
        let mut mutator = Mutator::new(target, seeds.collect(), 7);
        for _ in 0..MUTATIONS {
            run(target, &mutator.next_input(), "a mutation");
        }
    }
}

#[test]
fn whatever_is_put_together_of_pieces_is_taken() {
    for target in TARGETS {
        let piece = prop_oneof![
            9 => prop::sample::select(target.pieces).prop_map(|piece| piece.as_bytes().to_vec()),
            1 => prop::collection::vec(any::<u8>(), 0..8),
        ];
        let input = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
        let config = Config {
            cases: CASES,
            failure_persistence: None,
            ..Config::default()
        };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let ended = runner.run(&input, |input| {
            (target.body)(&input);
            Ok(())
        });
        ended.unwrap_or_else(|failure| panic!("`{}`: {failure}", target.name));
    }
}

#[test]
fn every_target_has_its_folders_and_its_file() {
    assert!(TARGETS.is_sorted_by_key(|target| target.name));
    let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
    let manifest = std::fs::read_to_string(targets.join("../Cargo.toml")).expect("the manifest is there");
    for target in TARGETS {
        let path = targets.join(format!("{}.rs", target.name));
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(
            text.contains(&format!("body::{}::body(data)", target.name)),
            "{text}"
        );
        assert!(
            manifest.contains(&format!("name = \"{}\"\n", target.name)),
            "{} is no binary",
            target.name
        );
        assert!(corpus_folder(target.name).is_dir());
    }
    let folders = std::fs::read_dir(corpus_folder("").as_path()).expect("the corpus is there");
    assert_eq!(folders.count(), TARGETS.len(), "a corpus without a target");
}
