//! What a conversation keeps: repeated requests, changed sight, crashes, and questions from before.

use super::*;
use agent_bill_model::Speaker;

fn question(conversation: &str, text: &str, key: &str) -> Question {
    Question { conversation: conversation.to_owned(), text: text.to_owned(), request_key: Some(key.to_owned()) }
}

async fn ask_once(agent: &Agent, question: Question) -> Result<Answer, AgentError> {
    let (events, mut incoming) = mpsc::channel(64);
    let drain = async { while incoming.recv().await.is_some() {} };
    let who = ann();
    tokio::join!(agent.answer(&who, question, events, CancellationToken::new()), drain).0
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_answer_and_a_reused_key_is_refused() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let model = Scripted::playing(&[text("First."), text("Second.")]);
        let agent = agent(&store, Arc::clone(&model));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let first = ask_once(&agent, question(&conversation, "hello", "k")).await.unwrap();
        let again = ask_once(&agent, question(&conversation, "hello", "k")).await.unwrap();
        assert_eq!((first, model.heard.lock().unwrap().len()), (again, 1));
        assert!(matches!(ask_once(&agent, question(&conversation, "something else", "k")).await, Err(AgentError::KeyReused)));
        assert_eq!(agent.conversation(&ann(), &conversation).await.unwrap().unwrap().turns.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_repeated_requests_at_once_one_is_answered_and_all_get_its_answer() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let replies = (0..5).map(|number| Play::Say(text(&"abcde"[number..=number]))).collect();
        let model = Arc::new(Scripted { replies: Mutex::new(replies), pause: Duration::from_millis(60), ..Scripted::default() });
        let agent = agent(&store, Arc::clone(&model));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let asked = (0..5).map(|_| ask_once(&agent, question(&conversation, "hello", "k")));
        let answers: Vec<String> = futures::future::join_all(asked).await.into_iter().map(|answer| answer.unwrap().answer).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
        assert_eq!(model.heard.lock().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_answer_given_to_other_eyes_is_not_told_to_the_model_again() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let model = Scripted::playing(&[vec![call("1", json!({}))], text("{a.spend_usd}"), text("Fine."), text("Fine.")]);
        let agent = agent(&store, Arc::clone(&model));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        ask(&agent, &ann(), &conversation, "how much?").await.unwrap();
        ask(&agent, &ann(), &conversation, "sure?").await.unwrap();
        // Her token no longer allows the role.
        let less = agent_bill_identity::testing::sign_in("ann", "Ann", &[]);
        ask(&agent, &less, &conversation, "and now?").await.unwrap();
        let heard = model.heard.lock().unwrap();
        assert!(serde_json::to_string(&heard[2]).unwrap().contains("14200.00"));
        let now = serde_json::to_string(&heard[3]).unwrap();
        assert!(!now.contains("14200") && !now.contains("14,200"), "{now}");
        assert!(now.contains("how much?") && now.contains("left out"));
    })
    .await;
}

#[tokio::test]
async fn a_question_whose_turn_was_lost_in_a_crash_stays_and_the_next_one_is_answered() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let model = Scripted::playing(&[text("Fine.")]);
        let agent = agent(&store, Arc::clone(&model));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        let lost = agent_bill_records::turns::NewTurn {
            conversation: conversation.clone(),
            request_key: "k".to_owned(),
            holder: "a process that is gone".to_owned(),
            wall_now: "2026-01-01T00:00:00Z".to_owned(),
            lease_until: "2026-01-01T00:01:00Z".to_owned(),
            sight: String::new(),
            at: "2026-11-23T09:00:00Z".to_owned(),
            question: serde_json::to_string(&Message::user("lost?")).unwrap(),
        };
        agent_bill_records::turns::begin(&store, ann().person(), &lost).await.unwrap();
        ask(&agent, &ann(), &conversation, "hello?").await.unwrap();
        assert_eq!(model.heard.lock().unwrap()[0].iter().map(Message::text).collect::<Vec<_>>()[0], "lost?");
        let turns = agent.conversation(&ann(), &conversation).await.unwrap().unwrap().turns;
        let kept: Vec<_> = turns.iter().map(|turn| (turn.question.as_str(), turn.answer.is_some())).collect();
        assert_eq!(kept, [("lost?", false), ("hello?", true)]);
    })
    .await;
}

#[tokio::test]
async fn calls_stored_without_their_results_do_not_break_the_conversation() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let model = Scripted::playing(&[text("Fine."), text("Fine.")]);
        let agent = agent(&store, Arc::clone(&model));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        ask(&agent, &ann(), &conversation, "hello?").await.unwrap();
        agent_bill_records::testing::execute(
            &store,
            "UPDATE messages SET body = '{\"speaker\":\"assistant\",\"blocks\":[{\"type\":\"tool_use\",\"id\":\"x\",\"name\":\"probe\",\"input\":{}}]}' WHERE sequence = 2",
        )
        .await;
        ask(&agent, &ann(), &conversation, "still there?").await.unwrap();
        let heard = model.heard.lock().unwrap();
        let shape: Vec<(Speaker, usize)> = heard[1].iter().map(|message| (message.speaker, message.blocks.len())).collect();
        assert_eq!(shape, [(Speaker::User, 1), (Speaker::Assistant, 1), (Speaker::User, 1), (Speaker::Assistant, 1), (Speaker::User, 1)]);
        assert!(matches!(&heard[1][2].blocks[0], Block::ToolResult { failed: true, .. }));
    })
    .await;
}

#[tokio::test]
async fn a_message_of_unseen_characters_is_a_question_nobody_understands() {
    for_each_database(|store| async move {
        insert(&store, PEOPLE).await;
        let model = Scripted::playing(&[text("What do you mean?"), text("Fine.")]);
        let agent = agent(&store, Arc::clone(&model));
        let conversation = agent.start_conversation(&ann()).await.unwrap();
        ask(&agent, &ann(), &conversation, "\u{200B}\u{2060}").await.unwrap();
        ask(&agent, &ann(), &conversation, "spend?\u{E0049}\u{E0067}").await.unwrap();
        let heard: Vec<String> = model.heard.lock().unwrap().iter().map(|messages| messages.last().unwrap().text()).collect();
        assert_eq!(heard, ["?", "spend?"]);
    })
    .await;
}
