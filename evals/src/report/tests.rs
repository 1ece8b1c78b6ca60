use agent_bill_model::Behaviour;

use super::*;
use crate::grade::Check;

/// A report of one passing case.
pub(crate) fn report() -> Report {
    let metrics = Metrics { cases: 1, passed_percent: Some(100.0), pass_k_percent: Some(100.0), ..metrics() };
    Report {
        schema: SCHEMA,
        model: "planner".to_owned(),
        repeat: 1,
        left_out: 0,
        metrics,
        by_persona: vec![Share { name: "Product Owner".to_owned(), passed: 1, of: 2 }],
        by_behaviour: Vec::new(),
        by_attack: Vec::new(),
        by_check: Vec::new(),
        missed: Vec::new(),
        cases: Vec::new(),
    }
}

fn metrics() -> Metrics {
    Metrics::of(&Outcome::default(), false)
}

pub(crate) fn with_case(mut report: Report, id: &str, passed: bool) -> Report {
    let fault = Fault { check: Check::Facts, text: "misses `x`".to_owned() };
    let run = RunReport {
        passed,
        faults: if passed { Vec::new() } else { vec![fault] },
        error: None,
        numbers: 1,
        sourced: 1,
        answers: vec![AnswerReport {
            answer: format!("answer of {id}"),
            behaviour: Behaviour::Answer,
            by: "planner".to_owned(),
            fallback: None,
            tools: Vec::new(),
            data_through: None,
            tokens: None,
            cost_usd: None,
            duration_ms: None,
            first_text_ms: None,
        }],
    };
    report.cases.push(CaseReport {
        id: id.to_owned(),
        world: WorldName::Demo,
        persona: "Lena".to_owned(),
        role: "Product Owner".to_owned(),
        attack: None,
        expected: vec![Behaviour::Answer],
        questions: vec!["why?".to_owned()],
        passed: usize::from(passed),
        runs: vec![run],
    });
    report
}

#[test]
fn a_report_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let written = with_case(report(), "a", false);
    written.write(folder.path(), None).unwrap();
    let read = Report::read(folder.path()).unwrap();
    assert_eq!(read.to_json().unwrap(), written.to_json().unwrap());
    assert!(folder.path().join("report.md").is_file() && folder.path().join("report.html").is_file());
}

#[test]
fn a_report_of_another_schema_is_not_compared() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(JSON), r#"{ "schema": 999 }"#).unwrap();
    assert!(Report::read(folder.path()).unwrap_err().to_string().contains("another schema"));
}
