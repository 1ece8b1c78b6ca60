use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

fn call(id: &str) -> Block {
    Block::ToolUse { id: id.to_owned(), name: "spend".to_owned(), input: json!({ "period": "last_month" }) }
}

fn result(id: &str, value: Value) -> Block {
    Block::ToolResult { id: id.to_owned(), failed: false, result: value }
}

fn says(speaker: Speaker, blocks: Vec<Block>) -> Message {
    Message { speaker, blocks }
}

fn turn(question: &str, same_scope: bool) -> PastTurn {
    let rows: Vec<Value> =
        (0..9).map(|row| json!({ "name": format!("Product {row}"), "spend_usd": "5.00", "note": "x".repeat(200) })).collect();
    PastTurn {
        messages: vec![
            Message::user(question),
            says(Speaker::Assistant, vec![call("call-0-0")]),
            says(Speaker::User, vec![result("call-0-0", json!({ "total_usd": "14.00", "rows": rows, "notes": [] }))]),
            Message::assistant("It was $14."),
        ],
        same_scope,
    }
}

/// The rules of the service that a history can break.
fn faults(messages: &[Message]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut ids = HashSet::new();
    let mut open: Vec<String> = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        let expected = if at % 2 == 0 { Speaker::User } else { Speaker::Assistant };
        if message.speaker != expected {
            faults.push(format!("message {at} is spoken by the wrong side"));
        }
        if message.blocks.is_empty() || message.blocks.iter().any(|block| block.text().is_some_and(|text| text.trim().is_empty())) {
            faults.push(format!("message {at} is blank"));
        }
        let answered: Vec<String> = message
            .blocks
            .iter()
            .filter_map(|block| if let Block::ToolResult { id, .. } = block { Some(id.clone()) } else { None })
            .collect();
        let (mut wanted, mut given) = (std::mem::take(&mut open), answered);
        wanted.sort();
        given.sort();
        if wanted != given {
            faults.push(format!("message {at} answers {given:?} instead of {wanted:?}"));
        }
        for id in message.blocks.iter().filter_map(call_id) {
            if !ids.insert(id.clone()) {
                faults.push(format!("`{id}` is used twice"));
            }
            open.push(id);
        }
    }
    if !open.is_empty() || messages.last().is_some_and(|last| last.speaker == Speaker::User) {
        faults.push("it does not end with an answer".to_owned());
    }
    faults
}

#[test]
fn earlier_turns_are_told_with_their_figures_and_ids_of_their_own() {
    let told = recall(vec![turn("spend?", true), turn("and now?", true)], 200_000);
    assert_eq!(faults(&told), Vec::<String>::new());
    assert_eq!((told.len(), told[0].text().as_str(), told[3].text().as_str()), (8, "spend?", "It was $14."));
    let Block::ToolResult { id, result, .. } = &told[2].blocks[0] else { panic!() };
    assert_eq!(id, "t0-call-0-0");
    assert_eq!(result["in_short"]["total_usd"], "14.00");
    assert_eq!(result["in_short"]["rows"].as_array().map(Vec::len), Some(5));
    assert_eq!(result["in_short"]["rows"][0], json!({ "name": "Product 0", "spend_usd": "5.00" }));
}

#[test]
fn what_was_read_under_other_eyes_is_not_told() {
    let told = recall(vec![turn("spend?", false), turn("and now?", true)], 200_000);
    assert_eq!(told.len(), 6);
    assert_eq!((told[0].text().as_str(), told[1].text().as_str()), ("spend?", OUT_OF_SIGHT));
}

#[test]
fn a_long_conversation_is_told_from_a_question_on() {
    let told = recall((0..50).map(|number| turn(&format!("question {number}"), true)).collect(), usize::MAX);
    assert_eq!((told.len(), told[0].text().as_str()), (80, "question 30"));
    let told = recall((0..50).map(|number| turn(&format!("question {number}"), true)).collect(), 2_000);
    assert!(told.len() < 40 && told[0].is_question(), "{}", told.len());
    let long = recall((0..5).map(|_| turn(&"x".repeat(3_900), true)).chain([turn("and last month?", true)]).collect(), usize::MAX);
    assert_eq!(long.len(), 12);
    assert_eq!(recall(vec![turn(&"x".repeat(9_000), true)], usize::MAX), []);
}

#[test]
fn a_call_whose_result_was_lost_is_answered_as_interrupted() {
    let stored = vec![Message::user("spend?"), says(Speaker::Assistant, vec![call("a"), call("b")])];
    let repaired = repair(stored);
    assert_eq!(faults(&repaired), Vec::<String>::new());
    assert!(matches!(&repaired[2].blocks[0], Block::ToolResult { failed: true, .. }));
    let half = repair(vec![
        Message::user("spend?"),
        says(Speaker::Assistant, vec![call("a"), call("b")]),
        says(Speaker::User, vec![result("b", json!({ "x": 1 }))]),
        Message::user("hello?"),
    ]);
    assert_eq!(faults(&half), Vec::<String>::new());
    assert_eq!(half.len(), 6);
}

#[test]
fn shortening_keeps_the_question_and_the_latest_turns() {
    let mut messages = recall((0..6).map(|number| turn(&format!("question {number}"), true)).collect(), usize::MAX);
    let question_at = messages.len();
    messages.push(Message::user("now"));
    messages.push(says(Speaker::Assistant, vec![call("z")]));
    messages.push(says(Speaker::User, vec![result("z", json!({ "rows": vec![json!({ "spend_usd": "1.00" }); 100] }))]));
    let (short, question_at_now) = shorten(&messages, question_at);
    assert_eq!(short[question_at_now].text(), "now");
    assert_eq!((short.len(), short[0].text().as_str()), (11, "question 4"));
    let Block::ToolResult { result, .. } = &short[10].blocks[0] else { panic!() };
    assert_eq!(result["in_short"]["rows"].as_array().map(Vec::len), Some(5));
    assert_eq!(shorten(&messages[question_at..], 0).0.len(), 3);
}

#[test]
fn what_is_remembered_holds_calls_results_and_the_answer_only() {
    let working = [
        says(
            Speaker::Assistant,
            vec![Block::Reasoning { text: "hm".into(), signature: Some("s".into()) }, Block::Text { text: "looking".into() }, call("a")],
        ),
        says(Speaker::User, vec![result("a", json!({ "x": 1 }))]),
        Message::assistant("$99 (rejected)"),
        Message::user("[Agent Bill] correct it"),
    ];
    let kept = remember("spend?", &working, "It was $14.");
    assert_eq!(kept.len(), 4);
    assert_eq!(kept[1].blocks, [call("a")]);
    assert_eq!(faults(&kept), Vec::<String>::new());
}

fn any_message() -> impl Strategy<Value = Message> {
    let id = prop_oneof![Just("a"), Just("b"), Just("c")];
    let block = prop_oneof![
        prop_oneof![Just(""), Just("  "), Just("hello")].prop_map(|text| Block::Text { text: text.to_owned() }),
        id.clone().prop_map(call),
        id.prop_map(|id| result(id, json!({ "x": 1 }))),
        Just(Block::Reasoning { text: "hm".into(), signature: None }),
    ];
    let speaker = prop_oneof![Just(Speaker::User), Just(Speaker::Assistant)];
    (speaker, proptest::collection::vec(block, 0..4)).prop_map(|(speaker, blocks)| Message { speaker, blocks })
}

proptest! {
    #[test]
    fn whatever_was_stored_becomes_a_conversation_that_a_model_accepts(messages in proptest::collection::vec(any_message(), 0..12)) {
        let repaired = repair(messages);
        prop_assert_eq!(faults(&repaired), Vec::<String>::new());
        prop_assert_eq!(repair(repaired.clone()), repaired);
    }
}
