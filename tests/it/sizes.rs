//! How long files and functions are, in every package: what cannot be read at one sitting is cut by meaning.

use std::path::PathBuf;

const LONGEST_FILE: usize = 300;
const LONGEST_FUNCTION: usize = 60;
const MEDIAN_FILE: usize = 120;

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
    let mut listed = Vec::new();
    let mut folders: Vec<PathBuf> = ["src", "crates", "tools", "evals", "benches"].iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                listed.push(path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let kept = listed.iter().map(String::as_str).filter(|path| !is_test(path));
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
    let long: Vec<String> = sources
        .iter()
        .filter(|source| source.lines.len() > LONGEST_FILE)
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
            if length > LONGEST_FUNCTION {
                long.push(format!("{}: `{name}` has {length} lines", source.path));
            }
        }
    }
    assert_eq!(long, Vec::<String>::new(), "cut these by meaning");
}
