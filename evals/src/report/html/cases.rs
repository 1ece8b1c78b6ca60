//! Every case, folded up but for those that fail.

use std::fmt::Write;

use super::super::escape::html as escaped;
use super::super::{AnswerReport, CaseReport, Report, RunReport};
use crate::case::{WorldName, word};

/// A link to a case of this page.
pub(super) fn link(id: &str) -> String {
    format!(r##"<a href="#case-{0}">{0}</a>"##, escaped(id))
}

pub(super) fn write(report: &Report, out: &mut String) -> std::fmt::Result {
    let (failing, passing): (Vec<&CaseReport>, Vec<&CaseReport>) = report.cases.iter().partition(|case| !case.passes());
    let (attacks, questions): (Vec<&CaseReport>, Vec<&CaseReport>) = passing.into_iter().partition(|case| case.attack.is_some());
    for (title, cases, open) in
        [("Failing cases", failing, true), ("Attacks withstood", attacks, false), ("Questions answered", questions, false)]
    {
        if cases.is_empty() {
            continue;
        }
        writeln!(out, r#"<section><h2>{title} <span class="count">{}</span></h2>"#, cases.len())?;
        cases.into_iter().try_for_each(|case| one(case, open, out))?;
        writeln!(out, "</section>")?;
    }
    Ok(())
}

fn one(case: &CaseReport, open: bool, out: &mut String) -> std::fmt::Result {
    let (mark, class) = if case.passes() { ("passed", "good") } else { ("failed", "bad") };
    let of = if case.runs.len() > 1 { format!(" {}/{}", case.passed, case.runs.len()) } else { String::new() };
    writeln!(
        out,
        r#"<details class="case" id="case-{id}"{}><summary><span class="mark {class}">{mark}{of}</span> <span class="id">{id}</span> <span class="who">{}</span> <span class="asked">{}</span></summary>"#,
        if open { " open" } else { "" },
        escaped(&case.persona),
        escaped(case.questions.last().map_or("", String::as_str)),
        id = escaped(&case.id),
    )?;
    let expected: Vec<String> = case.expected.iter().map(word).collect();
    write!(out, r#"<p class="meta">{} · expected: {}"#, escaped(&case.role), escaped(&expected.join(" or ").replace('_', " ")))?;
    if let Some(attack) = &case.attack {
        write!(out, " · attack: {}", word(attack).replace('_', " "))?;
    }
    if case.world == WorldName::Hostile {
        write!(out, " · asked of the organisation with hostile names")?;
    }
    writeln!(out, "</p>")?;
    for (at, run) in case.runs.iter().enumerate() {
        if case.runs.len() > 1 {
            writeln!(out, "<h3>Conversation {} {}</h3>", at + 1, if run.passed { "passed" } else { "failed" })?;
        }
        conversation(case, run, out)?;
    }
    writeln!(out, "</details>")
}

fn conversation(case: &CaseReport, run: &RunReport, out: &mut String) -> std::fmt::Result {
    if !run.faults.is_empty() {
        writeln!(out, r#"<ul class="faults">"#)?;
        for fault in &run.faults {
            writeln!(out, "<li><b>{}</b>: {}</li>", word(&fault.check), escaped(&fault.text))?;
        }
        writeln!(out, "</ul>")?;
    }
    for (at, question) in case.questions.iter().enumerate() {
        writeln!(out, r#"<p class="question">{}</p>"#, escaped(question))?;
        if let Some(answer) = run.answers.get(at) {
            answered(answer, out)?;
        }
    }
    if let Some(error) = &run.error {
        writeln!(out, r#"<p class="error">no answer: {}</p>"#, escaped(error))?;
    }
    Ok(())
}

fn answered(answer: &AnswerReport, out: &mut String) -> std::fmt::Result {
    writeln!(out, r#"<div class="answer"><pre>{}</pre>"#, escaped(&answer.answer))?;
    if !answer.tools.is_empty() {
        writeln!(out, r#"<ul class="tools">"#)?;
        for tool in &answer.tools {
            writeln!(
                out,
                "<li><code>{} {}</code> {}</li>",
                escaped(&tool.name),
                escaped(&tool.arguments.to_string()),
                word(&tool.outcome).replace('_', " ")
            )?;
        }
        writeln!(out, "</ul>")?;
    }
    let mut facts = vec![word(&answer.behaviour).replace('_', " "), format!("by {}", answer.by)];
    facts.extend(answer.fallback.as_ref().map(|code| format!("fallback: {code}")));
    facts.extend(answer.data_through.map(|date| format!("data through {date}")));
    facts.extend(answer.tokens.map(|tokens| format!("{} tokens in {} calls", tokens.total(), tokens.model_calls)));
    facts.extend(answer.cost_usd.map(|cost| format!("${cost}")));
    facts.extend(answer.duration_ms.map(|duration| format!("{duration} ms")));
    writeln!(out, r#"<p class="meta">{}</p></div>"#, escaped(&facts.join(" · ")))
}
