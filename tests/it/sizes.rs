//! How long files and functions are, in every package: what cannot be read at one sitting is cut by meaning.

use std::path::{Path, PathBuf};
use std::process::Command;

const LONGEST_FILE: usize = 300;
const LONGEST_FUNCTION: usize = 60;
const MEDIAN_FILE: usize = 120;

/// Longer than the ceiling, with the length they may not grow beyond. This list only shrinks.
const LONG_FILES: &[(&str, usize)] = &[
    ("crates/records/src/governance.rs", 375),
    ("crates/records/src/org.rs", 382),
    ("crates/records/src/usage.rs", 325),
    ("src/demo/streams.rs", 307),
    ("tools/src/area.rs", 363),
    ("tools/src/model_catalog/run.rs", 311),
];
/// File and function. This list only shrinks.
const LONG_FUNCTIONS: &[(&str, &str, usize)] =
    &[("crates/records/src/import/hierarchy.rs", "read", 65), ("src/channels/http/openapi.rs", "schemas", 63)];

/// A source file without its tests.
struct Source {
    path: String,
    lines: Vec<String>,
}

fn is_test(path: &str) -> bool {
    path.starts_with("tests/")
        || path.contains("/tests/")
        || path.contains("/testing/")
        || ["tests.rs", "testing.rs", "fixture.rs"].iter().any(|ending| path.ends_with(ending))
}

fn sources() -> Vec<Source> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let listed = Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard", "*.rs"]).current_dir(&root).output();
    let listed = String::from_utf8(listed.expect("git lists the files").stdout).unwrap();
    let kept = listed.lines().filter(|path| !is_test(path) && Path::new(&root).join(path).exists());
    let sources: Vec<Source> = kept
        .map(|path| {
            let text = std::fs::read_to_string(root.join(path)).unwrap();
            let before_tests = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
            Source { path: path.to_owned(), lines: before_tests.lines().map(str::to_owned).collect() }
        })
        .collect();
    assert!(sources.len() > 200, "only {} files were found", sources.len());
    sources
}

/// The functions of a formatted file with their lengths: from the line of `fn` to the brace under its first letter.
fn functions(lines: &[String]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        let Some((before, after)) = code.split_once("fn ") else { continue };
        let is_head = before.split_whitespace().all(|word| word.starts_with("pub") || matches!(word, "const" | "async" | "in" | "super)"));
        if !is_head || code.ends_with(['}', ';']) {
            continue;
        }
        let closes = |line: &&String| line.starts_with(indent) && matches!(&line[indent.len()..], "}" | ");") || is_declared(line, indent);
        let length = lines[start..].iter().position(|line| closes(&line)).map_or(lines.len() - start, |end| end + 1);
        found.push((after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect(), length));
    }
    found
}

/// The last line of a signature without a body.
fn is_declared(line: &str, indent: &str) -> bool {
    line.strip_prefix(indent).is_some_and(|rest| rest.starts_with(')') && rest.ends_with(';'))
}

#[test]
fn no_file_is_longer_than_can_be_read_at_one_sitting() {
    let sources = sources();
    let allowed = |path: &str| LONG_FILES.iter().find(|(long, _)| *long == path).map_or(LONGEST_FILE, |(_, most)| *most);
    let long: Vec<String> = sources
        .iter()
        .filter(|source| source.lines.len() > allowed(&source.path))
        .map(|source| format!("{}: {} lines", source.path, source.lines.len()))
        .collect();
    assert_eq!(long, Vec::<String>::new(), "cut these by meaning");
    let mut lengths: Vec<usize> = sources.iter().map(|source| source.lines.len()).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= MEDIAN_FILE, "half of the files are longer than {median} lines");
}

#[test]
fn no_function_is_longer_than_a_screen() {
    let mut long = Vec::new();
    for source in sources() {
        for (name, length) in functions(&source.lines) {
            let known = LONG_FUNCTIONS.iter().find(|(path, function, _)| *path == source.path && *function == name);
            if length > known.map_or(LONGEST_FUNCTION, |(.., most)| *most) {
                long.push(format!("{}: `{name}` has {length} lines", source.path));
            }
        }
    }
    assert_eq!(long, Vec::<String>::new(), "cut these by meaning");
}

#[test]
fn what_may_be_long_is_still_there_and_still_long() {
    let sources = sources();
    for (path, _) in LONG_FILES {
        let length = sources.iter().find(|source| source.path == *path).map_or(0, |source| source.lines.len());
        assert!(length == 0 || length > LONGEST_FILE, "{path} is short by now; take it off the list");
    }
    for (path, name, _) in LONG_FUNCTIONS {
        let Some(source) = sources.iter().find(|source| source.path == *path) else { continue };
        let is_long = functions(&source.lines).iter().any(|(function, length)| function == name && *length > LONGEST_FUNCTION);
        assert!(is_long, "`{name}` of {path} is short by now; take it off the list");
    }
}
