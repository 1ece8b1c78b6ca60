//! `docs/adding.md` is true: the files of each recipe exist for its example, and no other file of the program lists that example.

use std::path::{Path, PathBuf};

struct Recipe {
    title: String,
    example: String,
    listed_as: String,
    files: Vec<String>,
}

/// How many files a thing may touch, its tests and golden files included where the recipe lists them.
const MOST_FILES: [(&str, usize); 8] = [
    ("A kind of claim", 2),
    ("A tool", 8),
    ("An area of the view", 6),
    ("A table", 3),
    ("An act", 3),
    ("A route", 3),
    ("A source of bills", 2),
    ("A job", 2),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    text.split_once(before)?.1.split_once(after).map(|(inner, _)| inner)
}

fn recipes() -> Vec<Recipe> {
    let text = std::fs::read_to_string(root().join("docs/adding.md")).unwrap();
    let read = |section: &str| {
        let example = between(section, "Example: `", "`").unwrap_or_else(|| panic!("a recipe has no example: {section}"));
        let file = |line: &str| {
            let path = between(line.strip_prefix("- ")?, "`", "`")?;
            let shown = between(line, "(example: `", "`");
            Some(shown.map_or_else(|| placed(path, example), str::to_owned))
        };
        Recipe {
            title: section.lines().next().unwrap_or_default().to_owned(),
            example: example.to_owned(),
            listed_as: between(section, "Listed as: `", "`").unwrap_or_else(|| panic!("`{example}` is listed nowhere")).to_owned(),
            files: section.lines().filter_map(file).collect(),
        }
    };
    text.split("\n## ").skip(1).map(read).collect()
}

/// The path with the example in the place of `<…>`.
fn placed(path: &str, example: &str) -> String {
    match (path.split_once('<'), path.split_once('>')) {
        (Some((before, _)), Some((_, after))) => format!("{before}{example}{after}"),
        _ => path.to_owned(),
    }
}

/// Source files of the program, without tests.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" && name != "target" {
            sources(&path, found);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

#[test]
fn every_recipe_has_files_that_exist_and_few_of_them() {
    let recipes = recipes();
    assert_eq!(recipes.len(), MOST_FILES.len());
    for recipe in recipes {
        let (_, most) = MOST_FILES.iter().find(|(title, _)| *title == recipe.title).unwrap_or_else(|| panic!("{}", recipe.title));
        assert!((1..=*most).contains(&recipe.files.len()), "{}: {} files", recipe.title, recipe.files.len());
        for file in &recipe.files {
            assert!(root().join(file).is_file(), "{} (`{}`): {file} is not there", recipe.title, recipe.example);
        }
    }
}

#[test]
fn nothing_but_the_files_of_its_recipe_lists_an_example() {
    let mut found = Vec::new();
    for folder in ["src", "crates", "tools"] {
        sources(&root().join(folder), &mut found);
    }
    assert!(found.len() > 200);
    for recipe in recipes() {
        let listing: Vec<String> = found
            .iter()
            .filter(|path| std::fs::read_to_string(path).unwrap().contains(&recipe.listed_as))
            .map(|path| path.strip_prefix(root()).unwrap().to_string_lossy().into_owned())
            .collect();
        assert!(!listing.is_empty(), "{}: `{}` stands nowhere", recipe.title, recipe.listed_as);
        for path in listing {
            assert!(recipe.files.contains(&path), "{}: `{}` is listed in {path}, too", recipe.title, recipe.listed_as);
        }
    }
}
