//! The planner on all cases: it reaches its thresholds, and the committed report is what it says today.

use agent_bill_evals::command::{Common, committed_report, differences, planner_report};

#[tokio::test]
async fn the_planner_reaches_its_thresholds_and_the_committed_report_is_current() {
    let fresh = planner_report(&Common::default()).await.unwrap();
    assert!(fresh.missed.is_empty(), "missed thresholds:\n{}", fresh.missed.join("\n"));
    let different = differences(&committed_report().unwrap(), &fresh).unwrap();
    assert!(different.is_empty(), "evals/reports/planner is not current; `make evals` writes it anew:\n{}", different.join("\n"));
}
