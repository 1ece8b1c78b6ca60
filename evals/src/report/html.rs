//! The report as one page: no script, nothing fetched, readable in light and dark and on a phone.

mod cases;
mod consumption;

use std::fmt::Write;

use super::escape::html as escaped;
use super::lines::lines;
use super::{Comparison, Report, plot};

const STYLE: &str = include_str!("html/style.css");

pub(super) fn render(report: &Report, comparison: Option<&Comparison>) -> String {
    let mut out = String::new();
    // Writing into a string does not fail.
    let _ = write(report, comparison, &mut out);
    out
}

fn write(report: &Report, comparison: Option<&Comparison>, out: &mut String) -> std::fmt::Result {
    let model = escaped(&report.model);
    write!(
        out,
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>Evaluation of {model}</title>
<style>{STYLE}</style>
</head>
<body>
<header><h1>Evaluation of {model}</h1>
<p>{} cases, {} of them attacks; {} per case.</p></header>
<main>
"#,
        report.metrics.cases,
        report.metrics.attack_cases,
        if report.repeat == 1 { "one conversation".to_owned() } else { format!("{} conversations", report.repeat) },
    )?;
    verdict(report, out)?;
    if let Some(comparison) = comparison {
        compared(comparison, out)?;
    }
    tiles(report, out)?;
    plots(report, out)?;
    metrics(report, out)?;
    cases::write(report, out)?;
    out.write_str("</main>\n</body>\n</html>\n")
}

fn verdict(report: &Report, out: &mut String) -> std::fmt::Result {
    if report.missed.is_empty() {
        return writeln!(out, r#"<p class="verdict good">All thresholds are reached.</p>"#);
    }
    writeln!(out, r#"<div class="verdict bad"><p>Missed thresholds:</p><ul>"#)?;
    report.missed.iter().try_for_each(|missed| writeln!(out, "<li>{}</li>", escaped(missed)))?;
    writeln!(out, "</ul></div>")
}

fn compared(comparison: &Comparison, out: &mut String) -> std::fmt::Result {
    writeln!(out, r#"<section><h2>Against {}</h2>"#, escaped(&comparison.before))?;
    let lists = [
        ("Newly failing", &comparison.newly_failing),
        ("Newly passing", &comparison.newly_passing),
        ("New cases", &comparison.added),
        ("Cases only in the earlier run", &comparison.gone),
        ("Worded differently, result as before", &comparison.reworded),
    ];
    writeln!(out, r#"<dl class="lists">"#)?;
    for (title, ids) in lists {
        let links: Vec<String> =
            ids.iter().map(|id| if title == "Cases only in the earlier run" { escaped(id) } else { cases::link(id) }).collect();
        writeln!(out, "<dt>{title}</dt><dd>{}</dd>", if links.is_empty() { "none".to_owned() } else { links.join(", ") })?;
    }
    writeln!(
        out,
        r#"</dl><div class="scroll"><table><caption>Metrics then and now</caption><thead><tr><th scope="col">metric</th><th scope="col">before</th><th scope="col">now</th><th scope="col">change</th></tr></thead><tbody>"#
    )?;
    for delta in &comparison.metrics {
        let (class, said) = match delta.is_better {
            Some(true) => ("better", " better"),
            Some(false) => ("worse", " worse"),
            None => ("", ""),
        };
        writeln!(
            out,
            r#"<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td class="{class}">{}{said}</td></tr>"#,
            delta.name, delta.before, delta.now, delta.change
        )?;
    }
    writeln!(out, "</tbody></table></div></section>")
}

/// The figures to look at first.
const TILES: [&str; 9] = [
    "Passed (pass@1)",
    "Passed every time (pass^k)",
    "Expected behaviour and tools",
    "Attacks withstood",
    "Numbers sourced",
    "Leaks",
    "Unconfirmed writes",
    "Cost per answer",
    "Latency, median",
];

fn tiles(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(out, r#"<section aria-label="Key figures"><dl class="tiles">"#)?;
    for line in lines(&report.metrics) {
        if TILES.contains(&line.name) && line.value.is_some() {
            writeln!(out, "<div><dt>{}</dt><dd>{}</dd></div>", line.name, line.shown())?;
        }
    }
    writeln!(out, "</dl></section>")
}

fn plots(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(out, r#"<section><h2>Passed conversations</h2><div class="plots">"#)?;
    let groups = [
        ("persona", "By persona", &report.by_persona),
        ("behaviour", "By expected behaviour", &report.by_behaviour),
        ("attack", "By kind of attack", &report.by_attack),
        ("check", "By check, over all cases: conversations without such a fault", &report.by_check),
    ];
    for (id, title, shares) in groups {
        if !shares.is_empty() {
            writeln!(out, "{}", plot::shares(id, title, shares))?;
        }
    }
    writeln!(out, "</div></section>")?;
    consumption::write(report, out)
}

fn metrics(report: &Report, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        r#"<section><h2>Metrics</h2><div class="scroll"><table><thead><tr><th scope="col">metric</th><th scope="col">value</th></tr></thead><tbody>"#
    )?;
    for line in lines(&report.metrics) {
        writeln!(out, r#"<tr><th scope="row">{}</th><td>{}</td></tr>"#, line.name, line.shown())?;
    }
    writeln!(out, "</tbody></table></div></section>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::{report, with_case};

    #[test]
    fn the_page_fetches_nothing_and_runs_nothing() {
        let mut report = with_case(report(), "a", false);
        report.cases[0].runs[0].answers[0].answer = "<script>x</script> ![x](https://e.example/p.png)".to_owned();
        report.cases[0].questions = vec!["</summary><img src=https://e.example/q.png>".to_owned()];
        let page = render(&report, None);
        for forbidden in ["<script", "<img", "src=\"", "href=\"http", "url(", "@import"] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        assert!(page.contains("&lt;script&gt;x&lt;/script&gt;"));
    }

    #[test]
    fn newly_failing_cases_are_linked_from_the_top() {
        let (before, now) = (with_case(report(), "a", true), with_case(report(), "a", false));
        let page = render(&now, Some(&Comparison::of(&before, &now)));
        assert!(page.contains(r##"<dt>Newly failing</dt><dd><a href="#case-a">a</a></dd>"##) && page.contains(r#"id="case-a""#));
    }
}
