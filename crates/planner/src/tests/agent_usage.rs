//! Questions about what Agent Bill itself consumes, and those that only sound like it.

use agent_bill_tools::agent_usage::AgentUsageResult;
use serde_json::{Value, json};

use super::turns::answer;
use super::{check, engineer, finance, frame, lead, manager, owner};
use crate::frame::Topic;
use agent_bill_model::Behaviour;

#[test]
fn what_the_agent_costs_is_understood_in_many_wordings() {
    check(
        &owner(),
        &[
            ("How much have you cost me this month?", "agent_usage only_mine=true period=month_to_date"),
            ("what do you cost", "agent_usage"),
            ("what do u cost us", "agent_usage"),
            ("what did your answers cost us last week", "agent_usage period=last_week"),
            ("how many tokens did you use", "agent_usage"),
            ("how many tokens have you burned today", "agent_usage period=2026-11-23"),
            ("which of my conversations cost most", "agent_usage group_by=conversation only_mine=true"),
            ("what was my most expensive conversation", "agent_usage group_by=conversation only_mine=true"),
            ("what's your limit", "agent_usage"),
            ("what is your daily token limit?", "agent_usage"),
            ("am I near my limit for asking you", "agent_usage only_mine=true"),
            ("how many questions do I have left", "agent_usage only_mine=true"),
            ("is there a limit on how much I can ask you?", "agent_usage only_mine=true"),
            ("are you expensive?", "agent_usage"),
            ("are you free", "agent_usage"),
            ("what does asking you cost", "agent_usage"),
            ("how much does it cost to ask you a question", "agent_usage"),
            ("cost per answer", "agent_usage"),
            ("what did my questions cost yesterday", "agent_usage only_mine=true period=yesterday"),
            ("how much are you costing us per day", "agent_usage group_by=day"),
            ("your spend by model last month", "agent_usage group_by=model period=last_month"),
            ("which model do you use most", "agent_usage group_by=model"),
            ("what does Agent Bill itself consume", "agent_usage"),
            ("how much did agent bill cost in october", "agent_usage period=2026-10"),
            ("what is this bot costing", "agent_usage"),
            ("what will you cost me next month", "agent_usage only_mine=true period=2026-12"),
            ("how much do you spend", "agent_usage"),
            ("what's your own bill", "agent_usage"),
            ("how many tokens did this conversation use", "agent_usage group_by=conversation"),
            ("who uses you most", "agent_usage group_by=person"),
            ("what did everyone's questions cost", "agent_usage group_by=person"),
            ("how much has Tom used you", "agent_usage group_by=person"),
            ("your cost by person", "agent_usage group_by=person"),
        ],
    );
    check(&engineer(), &[("what do you cost", "agent_usage"), ("who uses you most", "agent_usage group_by=person")]);
    check(
        &lead(),
        &[
            ("who asks you the most", "agent_usage group_by=person"),
            ("who used Agent Bill most last month", "agent_usage group_by=person period=last_month"),
        ],
    );
    check(&finance(), &[("what did Tom Okoro's questions cost", "agent_usage group_by=person")]);
}

#[test]
fn questions_about_the_company_stay_what_they_were() {
    check(
        &manager(),
        &[
            ("how much did my team cost", "spend"),
            ("how much have we spent", "spend"),
            ("can you show me what we spent", "spend"),
            ("what would you say we spent last week", "spend period=last_week"),
            ("do you know what Route Planner cost", "spend group_by=model of=Route Planner"),
            ("can you use October instead of November for the spend by model", "spend group_by=model period=2026-10"),
            ("Agent Bill, how much did we spend", "spend"),
            ("hey agent bill how much did we spend", "spend"),
            ("@bill how much did my team spend this week", "spend period=this_week"),
            ("which models do we use most", "spend group_by=model"),
            ("how many tokens did we use", "spend"),
            ("could you spend by region", "spend group_by=region"),
            ("in this conversation show me the spend by model", "spend group_by=model"),
            ("how current is your usage data", "data_status"),
            ("am I near my limit", "Clarify"),
            ("am I over the limit this month", "estimate_status period=this_month"),
            ("what is our budget", "estimate_status"),
            ("who is my biggest spender", "spend"),
            ("what does your data say we spent on opus", "spend model=opus"),
            ("is my budget ok", "estimate_status"),
            ("what roles can act thru MCP right now?", "model_catalog show=agentic"),
        ],
    );
    check(&lead(), &[("what prompts are people sending", "NoData"), ("who used the most tokens", "spend")]);
}

#[test]
fn what_is_asked_next_goes_on_about_the_agent_until_it_names_something_else() {
    check(
        &manager(),
        &[
            ("what do you cost us >> and last month?", "agent_usage period=last_month"),
            ("what do you cost us >> by model", "agent_usage group_by=model"),
            ("what do you cost us >> and by day?", "agent_usage group_by=day"),
            ("what do you cost us >> in tokens", "agent_usage"),
            ("what do you cost us last week >> per conversation", "agent_usage group_by=conversation period=last_week"),
            ("what do you cost us >> and Tom?", "agent_usage group_by=person"),
            ("who uses you most >> and mine?", "agent_usage only_mine=true"),
            ("what do you cost us >> spend by product", "spend group_by=product"),
            ("what do you cost us >> and Route Planner?", "spend group_by=model of=Route Planner"),
            ("what do you cost us >> any unclaimed roles?", "unclaimed_principals"),
            ("how much did Route Planner spend last week >> and what do you cost?", "agent_usage period=last_week"),
            ("spend of Zebra Desk >> and what do you cost?", "agent_usage"),
        ],
    );
    assert!(frame(&manager(), &["what do you cost us", "in tokens"]).tokens);
    assert_eq!(frame(&manager(), &["how many tokens did you use", "why?"]).topic, Some(Topic::Compare));
}

fn figures(cost: &str, calls: i64, tokens: i64) -> Value {
    json!({ "calls_count": calls, "input_tokens": tokens - 20_000, "output_tokens": 20_000, "cache_read_tokens": 0, "cache_write_tokens": 0,
            "total_tokens": tokens, "cost_usd": cost, "cache_hit_percent": 41.5 })
}

fn row(name: &str, started_on: Option<&str>, share: f64, cost: &str) -> Value {
    json!({ "name": name, "started_on": started_on, "share_percent": share, "figures": figures(cost, 6, 40_000) })
}

fn limit(name: &str, usd: &str, tokens: i64, used: Option<(&str, i64, f64)>, binding: bool) -> Value {
    json!({ "name": name, "used_usd": used.map(|used| used.0), "limit_usd": usd, "used_tokens": used.map(|used| used.1), "limit_tokens": tokens,
            "used_percent": used.map(|used| used.2), "reached": used.map(|used| used.2 >= 100.0), "binding": binding })
}

/// Twelve calls of one's own; `everybody` for those who see all.
fn usage(group_by: &str, everybody: bool, rows: &[Value], day: (&str, i64, f64)) -> Value {
    let month = everybody.then_some(("120.00", 90_000_000, 24.0));
    let result = json!({
        "period": { "label": "November 2026, month to date", "from_date": "2026-11-01", "to_date": "2026-11-23", "assumed": true },
        "scope": if everybody { "everybody's use" } else { "your own use" }, "everybody": everybody, "group_by": group_by,
        "totals": figures("1.42", 12, 81_250), "rows": rows, "rows_left_out_count": 0, "rows_left_out_usd": "0.00",
        "failed_calls_count": 1, "running_calls_count": 0, "estimated_calls_count": 0, "unpriced_calls_count": 0,
        "limits": [limit("one question", "1.00", 400_000, None, false), limit("one person, one UTC day", "5.00", 4_000_000, Some(day), true),
                   limit("everybody, one UTC month", "500.00", 400_000_000, month, false)],
        "binding_limit": "one person, one UTC day", "who_can_change": "an Admin, in the configuration",
        "who_sees_everybody": if everybody { "" } else { "FinOps Lead, Finance, Admin" },
        "notes": ["Amounts are at list price; the bill decides."], "empty": null
    });
    assert!(serde_json::from_value::<AgentUsageResult>(result.clone()).is_ok());
    result
}

const DAY: (&str, i64, f64) = ("0.25", 20_000, 5.0);

#[test]
fn the_own_cost_comes_first_then_the_rows_the_limits_and_who_can_change_them() {
    let rows = [row("Claude Sonnet 4.6", None, 70.4, "1.00"), row("Claude Haiku 4.5", None, 29.6, "0.42")];
    let (text, behaviour, called) = answer(&owner(), "How much have you cost me?", &|_, _| usage("model", false, &rows, DAY));
    insta::assert_snapshot!(text, @r"
    Your questions cost $1.42 at list price in November 2026, month to date: 12 model calls, 81.3 k tokens, cache hit rate 41.5 %.
    - Claude Sonnet 4.6: $1 (70.4 %), 6 calls, 40.0 k tokens
    - Claude Haiku 4.5: $0.42 (29.6 %), 6 calls, 40.0 k tokens
    - Limit for one question: $1 or 400.0 k tokens
    - Limit for one person, one UTC day: $5 or 4.0 M tokens, used $0.25 and 20.0 k tokens (stops you first)
    - Limit for everybody, one UTC month: $500 or 400.0 M tokens
    Of these, 1 call gave no reply.
    Limits are changed by an Admin, in the configuration; at a limit the built-in planner answers instead, at no cost.
    Amounts are at list price; the bill decides.
    ");
    assert_eq!((behaviour, called), (Behaviour::Answer, vec!["agent_usage".to_owned()]));
}

#[test]
fn a_question_about_limits_names_the_one_that_stops_first_and_how_far_it_is() {
    let (text, ..) = answer(&owner(), "am I near my limit for asking you?", &|_, _| usage("model", false, &[], DAY));
    insta::assert_snapshot!(text, @r"
    Not near: the limit that stops you first is $5 or 4.0 M tokens for one person, one UTC day; 5 % of it is used.
    - Limit for one question: $1 or 400.0 k tokens
    - Limit for one person, one UTC day: $5 or 4.0 M tokens, used $0.25 and 20.0 k tokens (stops you first)
    - Limit for everybody, one UTC month: $500 or 400.0 M tokens
    Your questions cost $1.42 at list price in November 2026, month to date: 12 model calls, 81.3 k tokens, cache hit rate 41.5 %.
    Limits are changed by an Admin, in the configuration; at a limit the built-in planner answers instead, at no cost.
    Amounts are at list price; the bill decides.
    ");
    let (close, ..) = answer(&owner(), "am I near my limit for asking you?", &|_, _| usage("model", false, &[], ("4.10", 20_000, 82.0)));
    assert!(close.starts_with("Close: the limit that stops you first"), "{close}");
    let (over, ..) = answer(&owner(), "can I still ask you?", &|_, _| usage("model", false, &[], ("5.00", 20_000, 100.0)));
    assert!(over.starts_with("Reached: the limit"), "{over}");
    let (asked, ..) = answer(&owner(), "what's your limit", &|_, _| usage("model", false, &[], DAY));
    assert!(asked.starts_with("The limit that stops you first is $5 or 4.0 M tokens for one person, one UTC day; 5 % of it"), "{asked}");
}

#[test]
fn who_uses_it_most_is_told_by_name_to_those_who_watch_over_it() {
    let rows = [row("Tom Okoro", None, 77.5, "1.10"), row("Nadia Ferreira", None, 22.5, "0.32")];
    let (text, behaviour, _) = answer(&lead(), "who uses you most?", &|_, _| usage("person", true, &rows, DAY));
    assert_eq!(behaviour, Behaviour::Answer);
    insta::assert_snapshot!(text.lines().take(3).collect::<Vec<_>>().join("\n"), @r"
    Tom Okoro uses me the most: $1.10 (77.5 %) at list price in November 2026, month to date, out of $1.42 for everybody.
    - Tom Okoro: $1.10 (77.5 %), 6 calls, 40.0 k tokens
    - Nadia Ferreira: $0.32 (22.5 %), 6 calls, 40.0 k tokens
    ");
    let (one, ..) = answer(&lead(), "what did Tom's questions cost?", &|_, _| usage("person", true, &rows, DAY));
    assert!(one.starts_with("Tom Okoro: $1.10 at list price") && !one.contains("Nadia"), "{one}");
}

#[test]
fn other_peoples_use_is_refused_alike_whoever_is_named_and_the_own_is_shown() {
    let rows = [row("Nadia Ferreira", None, 100.0, "1.42")];
    let ask = |question: &str| answer(&owner(), question, &|_, _| usage("person", false, &rows, DAY));
    let (text, behaviour, _) = ask("who uses you most?");
    assert_eq!(behaviour, Behaviour::DenyRole);
    assert!(
        text.starts_with("What other people's questions consume is for FinOps Lead, Finance, Admin to see; here is your own use."),
        "{text}"
    );
    let (known, unknown) = (ask("how much has Tom Okoro used you"), ask("how much has Zebedee Quist used you"));
    assert_eq!(known, unknown);
    assert_eq!(known.0, text);
}

#[test]
fn conversations_are_told_by_id_and_day_and_tokens_when_asked_in_tokens() {
    let rows = [row("01KA9", Some("2026-11-20"), 70.4, "1.00"), row("other people's conversations", None, 29.6, "0.42")];
    let (text, ..) = answer(&lead(), "which of my conversations cost most?", &|_, _| usage("conversation", true, &rows, DAY));
    assert!(text.starts_with("Conversation 01KA9 of 20 Nov 2026 cost the most: $1 (70.4 %)"), "{text}");
    let (text, ..) = answer(&owner(), "how many tokens did you use?", &|_, _| usage("model", false, &[], DAY));
    assert!(text.starts_with("Your questions used 81.3 k tokens in November 2026, month to date: input 61.3 k, output 20.0 k"), "{text}");
}

#[test]
fn nothing_called_is_told_with_the_reason_and_the_limits() {
    let none = |_: &str, _: &Value| {
        let mut result = usage("model", false, &[], ("0.00", 0, 0.0));
        result["totals"]["calls_count"] = json!(0);
        result["empty"] = json!({ "reason": "true_zero", "explanation": "No language model was called for your questions in November 2026, month to date: the built-in planner answers without one and costs nothing." });
        result
    };
    let (text, behaviour, _) = answer(&owner(), "what do you cost?", &none);
    assert_eq!(behaviour, Behaviour::Answer);
    assert!(text.starts_with("No language model was called") && text.contains("Limit for one person, one UTC day: $5"), "{text}");
}
