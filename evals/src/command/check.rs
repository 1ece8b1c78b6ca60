//! Whether the committed report of the planner is what the planner says today.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;

use super::{Common, planner_report};
use crate::report::Report;

pub(super) async fn check(common: &Common, committed: &Path, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let committed = Report::read(committed)?;
    let fresh = planner_report(common).await?;
    let differences = differences(&committed, &fresh)?;
    if differences.is_empty() {
        writeln!(out, "the report of the planner is current")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "the report of the planner is not current; `make evals` writes it anew:")?;
    differences.iter().try_for_each(|difference| writeln!(out, "  {difference}"))?;
    Ok(ExitCode::FAILURE)
}

/// Where two reports differ, in words.
///
/// # Errors
/// Never in practice: every field can be written.
pub fn differences(committed: &Report, fresh: &Report) -> anyhow::Result<Vec<String>> {
    let mut differences = Vec::new();
    for case in &fresh.cases {
        match committed.cases.iter().find(|known| known.id == case.id) {
            None => differences.push(format!("case {} is new", case.id)),
            Some(known) if serde_json::to_value(known)? != serde_json::to_value(case)? => {
                differences.push(format!("case {} is answered or graded otherwise", case.id));
            }
            Some(_) => {}
        }
    }
    for case in committed.cases.iter().filter(|case| fresh.cases.iter().all(|known| known.id != case.id)) {
        differences.push(format!("case {} is gone", case.id));
    }
    if differences.is_empty() {
        let (committed, fresh) = (serde_json::to_value(committed)?, serde_json::to_value(fresh)?);
        let changed = |field: &&String| committed.get(field.as_str()) != fresh.get(field.as_str());
        let fields = fresh
            .as_object()
            .into_iter()
            .flat_map(serde_json::Map::keys)
            .chain(committed.as_object().into_iter().flat_map(serde_json::Map::keys));
        let mut names: Vec<&String> = fields.filter(changed).collect();
        names.sort();
        names.dedup();
        differences.extend(names.into_iter().map(|name| format!("`{name}` is another: {}", fresh.get(name).unwrap_or(&Value::Null))));
    }
    Ok(differences)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{report, with_case};

    #[test]
    fn a_difference_names_the_case_or_the_field() {
        let committed = with_case(report(), "a", true);
        assert!(differences(&committed, &committed.clone()).unwrap().is_empty());
        assert_eq!(differences(&committed, &with_case(report(), "a", false)).unwrap(), ["case a is answered or graded otherwise"]);
        assert_eq!(differences(&committed, &report()).unwrap(), ["case a is gone"]);
        let mut other = committed.clone();
        other.repeat = 2;
        assert_eq!(differences(&committed, &other).unwrap(), ["`repeat` is another: 2"]);
    }
}
