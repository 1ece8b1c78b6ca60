//! What the agent itself consumes: metered whatever happens, and never beyond a limit.

use agent_bill_domain::period::DateRange;
use agent_bill_tools::view::{AgentUsageQuery, AgentUsageView, UsageBy};
use jiff::civil::date;

use super::*;
use agent_bill_planner::Planner;

/// Ten dollars per million tokens of any kind: the ten thousand tokens of a call cost ten cents.
fn tariff() -> Tariff {
    let ten = NanoUsd::from_usd(10);
    let price = Price { input: ten, output: ten, cache_read: ten, cache_write: ten, cache_write_1h: ten };
    Tariff { price: Some(price), most_output_tokens: 2_000, burndown: 5 }
}

fn metered(replies: Vec<Play>, pause_ms: u64) -> Arc<Scripted> {
    let replies = Mutex::new(replies.into_iter().rev().collect());
    Arc::new(Scripted { replies, pause: Duration::from_millis(pause_ms), tariff: Some(tariff()), ..Scripted::default() })
}

fn limits(turn: i64, person_day: i64, month: i64) -> ConsumptionLimits {
    let usd = NanoUsd::from_usd;
    ConsumptionLimits { turn_usd: usd(turn), person_day_usd: usd(person_day), month_usd: usd(month), ..ConsumptionLimits::default() }
}

/// A bill that ends on 20 November.
const BILLED: &[&str] = &[
    "INSERT INTO rollup_runs VALUES ('r', '2026-11', '2026-11-23T08:00:00Z', '2026-11-23T08:01:00Z', 'replaced', '', '', 1, '2026-11-01', 0, 1, 1,
     5, 0, '[]', 0, '1')",
    "INSERT INTO period_state VALUES ('2026-11', 'r', '2026-11-20', '2026-11-20', '')",
];

/// Calls, tokens, cents and how many of them were estimated, of Ann in November.
async fn consumed(agent: &Agent) -> (i64, i64, String, i64) {
    let view = agent.view(&ann()).await.unwrap();
    let november = DateRange { from: date(2026, 11, 1), to: date(2026, 11, 30) };
    let usage = view.agent_usage(AgentUsageQuery { range: november, by: UsageBy::Total, only_mine: true }).await.unwrap();
    usage.sums.first().map_or((0, 0, String::new(), 0), |sum| (sum.calls, sum.total_tokens, sum.cost.to_string(), sum.estimated))
}

#[tokio::test]
async fn every_call_is_counted_whether_it_answered_or_failed() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let model =
            metered(vec![Play::Say(vec![call("1", json!({}))]), Play::Say(text("{a.spend_usd}")), Play::Fail(ModelError::BrokenOff)], 0);
        let agent = agent(&store, model).with_standby(Arc::new(Planner)).with_limits(limits(5, 5, 5), Duration::from_secs(20));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let answer = ask(&agent, &ann(), &conversation, "how much?").await.unwrap();
        assert_eq!((answer.usage.model_calls, answer.usage.cost_usd.unwrap().to_string()), (2, "0.20".to_owned()));
        ask(&agent, &ann(), &conversation, "sure?").await.unwrap();
        assert_eq!(consumed(&agent).await, (3, 20_000, "0.20".to_owned(), 0));
    })
    .await;
}

#[tokio::test]
async fn a_call_that_is_cancelled_is_counted_as_far_as_can_be_told() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let agent = agent(&store, metered(vec![Play::Say(text("never"))], 60_000));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let cancel = CancellationToken::new();
        let (events, _listener) = mpsc::channel(64);
        let who = ann();
        let left = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            cancel.cancel();
        };
        let (ended, ()) = tokio::join!(agent.respond(&who, &conversation, "how much?", events, cancel.clone()), left);
        assert!(matches!(ended, Err(AgentError::Cancelled)));
        let (calls, tokens, _, estimated) = consumed(&agent).await;
        assert_eq!((calls, estimated), (1, 1));
        assert!(tokens > 90_000 && tokens < 100_000, "the prompt counts, a reply that was never written does not: {tokens}");
    })
    .await;
}

#[tokio::test]
async fn a_caller_who_drops_the_request_leaves_no_call_unsettled_and_no_turn_open() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let agent = agent(&store, metered(vec![Play::Say(text("Fine.")), Play::Say(text("Fine."))], 300));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let (events, _listener) = mpsc::channel(64);
        let who = ann();
        let dropped = agent.respond(&who, &conversation, "how much?", events, CancellationToken::new());
        assert!(tokio::time::timeout(Duration::from_millis(100), dropped).await.is_err());
        let answer = ask(&agent, &ann(), &conversation, "again?").await.unwrap();
        assert_eq!(answer.answer, "Fine.");
        assert_eq!(agent.conversation(&ann(), &conversation).await.unwrap().unwrap().turns.len(), 1);
        assert_eq!(consumed(&agent).await.0, 2);
    })
    .await;
}

#[tokio::test]
async fn at_a_limit_the_planner_answers_names_the_limit_and_who_can_change_it() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        for (limits, code, amount) in
            [(limits(0, 5, 5), "turn_limit", "$0"), (limits(5, 1, 5), "person_day_limit", "$1"), (limits(5, 5, 1), "month_limit", "$1")]
        {
            let model = metered(vec![Play::Say(text("Fine."))], 0);
            let agent = agent(&store, Arc::clone(&model)).with_standby(Arc::new(Planner)).with_limits(limits, Duration::from_secs(20));
            let conversation = agent.start_conversation(&ann()).await.unwrap();
            // One call of at most a dollar fits into a dollar; the next does not.
            if code != "turn_limit" && consumed(&agent).await.0 == 0 {
                assert_eq!(ask(&agent, &ann(), &conversation, "hello?").await.unwrap().model, "scripted");
            }
            let heard = model.heard.lock().unwrap().len();
            let answer = ask(&agent, &ann(), &conversation, "how much?").await.unwrap();
            assert_eq!((answer.model.as_str(), answer.fallback.unwrap().code.as_str()), ("planner", code));
            assert!(answer.answer.contains(amount) && answer.answer.contains("Admin"), "{code}: {}", answer.answer);
            assert!(answer.figures.iter().any(|figure| figure.source == "limits"), "{code}");
            assert_eq!(model.heard.lock().unwrap().len(), heard, "{code}: the model is not called");
        }
    })
    .await;
}

#[tokio::test]
async fn a_limit_reached_in_the_middle_of_a_turn_ends_in_a_whole_answer() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let model = metered(vec![Play::Say(vec![call("1", json!({}))]), Play::Say(text("{a.spend_usd}"))], 0);
        let agent = agent(&store, model).with_standby(Arc::new(Planner)).with_limits(limits(1, 5, 5), Duration::from_secs(20));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let answer = ask(&agent, &ann(), &conversation, "how much?").await.unwrap();
        assert_eq!((answer.model.as_str(), answer.fallback.map(|fallback| fallback.code)), ("tools", Some("turn_limit".to_owned())));
        assert_eq!(consumed(&agent).await.0, 1);
    })
    .await;
}

#[tokio::test]
async fn an_answer_about_the_agents_own_use_claims_no_freshness_of_the_bill() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        insert(&store, BILLED).await;
        let uses = |tool: &str| Block::ToolUse { id: "1".into(), name: tool.into(), input: json!({}) };
        for (tool, through) in [("probe", Some(date(2026, 11, 20))), ("agent_usage", None)] {
            let model = metered(vec![Play::Say(vec![uses(tool)]), Play::Say(text("That is all."))], 0);
            let agent = agent(&store, model).with_limits(limits(5, 5, 5), Duration::from_secs(20));
            let conversation = agent.start_conversation(&ann()).await.unwrap();
            let answer = ask(&agent, &ann(), &conversation, "how much?").await.unwrap();
            assert_eq!((answer.tools.len(), answer.tools[0].outcome, answer.data_through), (1, Outcome::Ok, through), "{tool}");
        }
    })
    .await;
}
