//! A turn of a model that writes freely: what is shown, corrected, withheld, and when the built-in model answers instead.

use super::*;
use agent_bill_planner::Planner;

/// Everything that went out while a question was answered.
async fn watch(agent: &Agent, conversation: &str, question: &str) -> (Result<Answer, AgentError>, Vec<AgentEvent>) {
    let (events, mut incoming) = mpsc::channel(1_000);
    let gather = async {
        let mut all = Vec::new();
        while let Some(event) = incoming.recv().await {
            all.push(event);
        }
        all
    };
    let who = ann();
    tokio::join!(agent.respond(&who, conversation, question, events, CancellationToken::new()), gather)
}

async fn answered(store: &Store, plays: Vec<Play>) -> (Answer, Vec<AgentEvent>, Arc<Scripted>) {
    let model = Scripted::with(plays);
    let agent = agent(store, Arc::clone(&model)).with_standby(Arc::new(Planner));
    let conversation = agent.start_conversation(&ann()).await.unwrap();
    let (answer, events) = watch(&agent, &conversation, "how much have we spent?").await;
    (answer.unwrap(), events, model)
}

/// What a listener who follows the events has read at the end, and everything it ever read.
fn read(events: &[AgentEvent]) -> (String, String) {
    let (mut now, mut ever) = (String::new(), String::new());
    for event in events {
        match event {
            AgentEvent::TextDelta { text } => {
                now.push_str(text);
                ever.push_str(text);
            }
            AgentEvent::TextReset => now.clear(),
            _ => {}
        }
    }
    (now, ever)
}

fn says(words: &str) -> Play {
    Play::Say(text(words))
}

fn looks() -> Play {
    Play::Say(vec![Block::Text { text: "Let me look. Now it ".into() }, call("1", json!({}))])
}

#[tokio::test]
async fn an_aside_before_a_lookup_is_not_shown_and_the_pieces_spell_the_answer() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let (answer, events, _) = answered(&store, vec![looks(), says("Ann spent {a.spend_usd} in all.")]).await;
        assert_eq!((answer.answer.as_str(), answer.model.as_str(), answer.fallback), ("Ann spent $14,200 in all.", "scripted", None));
        let (now, ever) = read(&events);
        assert_eq!(now, "Ann spent $14,200 in all.");
        assert!(!ever.contains("Let me look"), "{ever}");
        assert!(matches!(events.last(), Some(AgentEvent::Answer(_))));
    })
    .await;
}

#[tokio::test]
async fn an_unsupported_answer_is_corrected_and_never_seen() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let wrong = says("Ann spent $99,999, all of it with Fraud Signals.");
        let (answer, events, model) = answered(&store, vec![looks(), wrong, says("Ann spent {a.spend_usd}.")]).await;
        assert_eq!((answer.answer.as_str(), answer.model.as_str()), ("Ann spent $14,200.", "scripted"));
        let (now, ever) = read(&events);
        assert_eq!(now, "Ann spent $14,200.");
        assert!(!ever.contains("99,999") && !ever.contains("Fraud"), "{ever}");
        assert!(events.iter().any(|event| matches!(event, AgentEvent::Status { code, .. } if code == "correcting")));
        let heard = model.heard.lock().unwrap();
        let correction = heard[2].last().unwrap().text();
        assert!(correction.contains("\"Ann spent $99,999, all of it with Fraud Signals.\": `99,999` is typed"), "{correction}");
    })
    .await;
}

#[tokio::test]
async fn a_model_that_looked_nothing_up_is_made_to() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        for first in ["It was $14,200.", "Yes, nothing is over."] {
            let (answer, _, model) = answered(&store, vec![says(first), looks(), says("It was {a.spend_usd}.")]).await;
            assert_eq!(answer.answer, "It was $14,200.");
            assert_eq!(*model.choices.lock().unwrap(), [ToolChoice::Auto, ToolChoice::Required, ToolChoice::Auto]);
        }
        let (answer, _, _) = answered(&store, vec![says("Yes, nothing is over."), says("Yes, nothing is over.")]).await;
        assert_eq!(answer.fallback.map(|fallback| fallback.code), Some("unverified".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_stays_wrong_is_worded_by_the_tools_that_were_called() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let wrong = || says("Ann spent $99,999.");
        let (answer, events, _) = answered(&store, vec![looks(), wrong(), wrong()]).await;
        assert_eq!(answer.fallback.as_ref().map(|fallback| fallback.code.as_str()), Some("unverified"));
        let reason = "parts of the language model's answer could not be traced to the records";
        assert_eq!(answer.answer, format!("Ann spent $14,200.\n\n(Worded by the tools from what was looked up: {reason}.)"));
        assert!(!read(&events).1.contains("99,999"));
        assert_eq!(read(&events).0, answer.answer);
    })
    .await;
}

#[tokio::test]
async fn a_call_that_broke_off_is_made_once_more_unless_a_tool_ran() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let hiccup = || Play::Hiccup(ModelError::BrokenOff);
        let (answer, _, _) = answered(&store, vec![hiccup(), looks(), says("It was {a.spend_usd}.")]).await;
        assert_eq!((answer.model.as_str(), answer.fallback), ("scripted", None));
        for plays in [vec![hiccup(), hiccup()], vec![looks(), hiccup(), says("It was {a.spend_usd}.")]] {
            let (answer, _, _) = answered(&store, plays).await;
            assert_eq!(answer.fallback.map(|fallback| fallback.code), Some("broken_off".to_owned()));
        }
    })
    .await;
}

#[tokio::test]
async fn a_model_that_says_nothing_that_can_be_seen_leaves_the_answer_to_the_planner() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        for silence in ["", "\u{200B}\u{200B}", " . "] {
            let (answer, events, _) = answered(&store, vec![looks(), says(silence)]).await;
            assert_eq!(answer.fallback.map(|fallback| fallback.code), Some("no_answer".to_owned()), "{silence:?}");
            assert!(!read(&events).0.trim().is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_refusal_quotes_is_no_evidence_and_arguments_are_shown_plain() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let quoted = Play::Say(vec![call("1", json!({ "Zanzibar\u{202E} Holdings": 1 }))]);
        let (answer, events, _) =
            answered(&store, vec![quoted, looks(), says("Zanzibar spent $14,200."), says("Zanzibar spent {a7.spend_usd}.")]).await;
        assert_eq!(answer.fallback.map(|fallback| fallback.code), Some("unverified".to_owned()));
        let shown = serde_json::to_string(&events).unwrap();
        assert!(shown.contains("Zanzibar Holdings") && !shown.contains('\u{202E}'), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn after_a_slow_model_the_planner_still_has_time_to_look_things_up() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let slow = Scripted { pause: Duration::from_millis(700), ..Scripted::default() };
        let limits = ConsumptionLimits::default();
        let agent = agent(&store, Arc::new(slow)).with_standby(Arc::new(Planner)).with_limits(limits, Duration::from_millis(500));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let answer = ask(&agent, &ann(), &conversation, "who am I?").await.unwrap();
        assert_eq!(answer.model, "planner");
        assert!(!answer.tools.is_empty() && answer.tools.iter().all(|tool| tool.outcome == Outcome::Ok), "{:?}", answer.tools);
    })
    .await;
}

#[tokio::test]
async fn when_the_model_fails_the_planner_answers_and_says_why() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        for (error, why) in [
            (ModelError::Throttled, "Amazon Bedrock is limiting requests right now"),
            (ModelError::TimedOut, "the model did not answer in time"),
            (ModelError::AccessDenied, "refused access to the model"),
            (ModelError::NoCredentials, "no AWS credentials were found"),
            (ModelError::BrokenOff, "the model's answer broke off"),
            (ModelError::Unavailable, "Amazon Bedrock is not available right now"),
        ] {
            for plays in [vec![Play::Fail(error)], vec![looks(), Play::Fail(error)]] {
                let (answer, events, _) = answered(&store, plays).await;
                assert_eq!(
                    (answer.model.as_str(), answer.fallback.as_ref().map(|fallback| fallback.code.as_str())),
                    ("planner", Some(error.code()))
                );
                assert!(answer.answer.contains(why), "{error:?}: {}", answer.answer);
                assert_eq!(read(&events).0, answer.answer);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_the_planner_does_not_understand_is_told_in_the_words_of_the_tools_that_were_asked() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let model = Scripted::with(vec![looks(), Play::Fail(ModelError::Throttled)]);
        let agent = agent(&store, model).with_standby(Arc::new(Planner));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let (answer, events) = watch(&agent, &conversation, "asdf??").await;
        let answer = answer.unwrap();
        assert!(answer.answer.starts_with(&format!("{}\n\nAnn spent $14,200.", crate::agent::wording::LOOKED_UP)), "{}", answer.answer);
        assert_eq!(answer.figures.iter().map(|figure| figure.source.as_str()).collect::<Vec<_>>(), ["probe"]);
        assert_eq!(read(&events).0, answer.answer);
    })
    .await;
}

#[tokio::test]
async fn guardrail_and_filter_are_told_plainly_and_nobody_answers_instead() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        for (stop, word) in [(StopReason::GuardrailIntervened, "guardrail"), (StopReason::ContentFiltered, "content filter")] {
            let (answer, events, _) = answered(&store, vec![looks(), Play::Stop(stop, text("Sorry, blocked."))]).await;
            assert_eq!((answer.behaviour, answer.model.as_str(), answer.fallback), (Behaviour::Decline, "scripted", None));
            assert!(answer.answer.contains(word) && answer.figures.is_empty(), "{}", answer.answer);
            assert_eq!(read(&events).0, answer.answer);
        }
    })
    .await;
}

#[tokio::test]
async fn a_reply_that_cannot_be_read_is_asked_for_once_more() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let unreadable = || Play::Stop(StopReason::Malformed, Vec::new());
        let (answer, _, model) = answered(&store, vec![unreadable(), looks(), says("It was {a.spend_usd}.")]).await;
        assert_eq!((answer.answer.as_str(), model.heard.lock().unwrap().len()), ("It was $14,200.", 3));
        let (answer, _, _) = answered(&store, vec![unreadable(), unreadable()]).await;
        assert_eq!(answer.fallback.map(|fallback| fallback.code), Some("malformed".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn markup_and_unseen_characters_of_an_answer_are_made_plain() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let tricks = says("It was \u{200B}{a.spend_usd}. ![x](data:y) <b>bold</b>");
        let (answer, events, _) = answered(&store, vec![looks(), tricks]).await;
        assert_eq!(answer.answer, "It was $14,200. ! [x] (data:y) < b>bold< /b>");
        assert_eq!(read(&events).0, answer.answer);
    })
    .await;
}

#[tokio::test]
async fn without_another_model_a_failure_is_reported_and_wrong_figures_are_replaced() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let agent = agent(&store, Scripted::with(vec![Play::Fail(ModelError::Throttled)]));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let (failed, _) = watch(&agent, &conversation, "how much?").await;
        assert!(matches!(failed, Err(AgentError::Model(ModelError::Throttled))));
        assert_eq!(agent.conversation(&ann(), &conversation).await.unwrap().unwrap().turns, []);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_cites_is_printed_with_the_values_of_its_rows_and_a_wrong_reference_goes_back_once() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let wrong = says("{a.name} spent {a7.spend_usd}.");
        let right = says("{a.name} spent {a.spend_usd}, {= a.spend_usd - a.other_usd} more than the other.");
        let (answer, events, model) = answered(&store, vec![looks(), wrong, right]).await;
        assert_eq!((answer.answer.as_str(), answer.fallback), ("Ann spent $14,200, $4,800 more than the other.", None));
        assert_eq!(answer.figures.iter().map(|figure| figure.source.as_str()).collect::<Vec<_>>(), ["probe", "formula"]);
        let (now, ever) = read(&events);
        assert!(now == answer.answer && !ever.contains('{'), "{ever}");
        let heard = model.heard.lock().unwrap();
        let correction = heard[2].last().unwrap().text();
        assert!(correction.contains("{a7.spend_usd}: no result or row of this turn has the id `a7`"), "{correction}");
    })
    .await;
}

#[tokio::test]
async fn ids_of_results_are_of_one_turn_and_are_not_remembered() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let model = Scripted::with(vec![looks(), says("{a.name} spent {a.spend_usd}."), says("What do you mean?")]);
        let agent = agent(&store, Arc::clone(&model));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        for question in ["how much have we spent?", "and before?"] {
            watch(&agent, &conversation, question).await.0.unwrap();
        }
        let heard = model.heard.lock().unwrap();
        let ids = |messages: &[Message]| {
            let results = messages.iter().flat_map(|message| &message.blocks).filter_map(|block| match block {
                Block::ToolResult { result, .. } => Some(result),
                _ => None,
            });
            results.map(|result| result.get("id").cloned()).collect::<Vec<_>>()
        };
        assert_eq!((ids(&heard[1]), ids(&heard[2])), (vec![Some(json!("a"))], vec![None]));
    })
    .await;
}
