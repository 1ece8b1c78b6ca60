use super::*;
use crate::conversations;
use crate::testing::{for_each_database, insert as insert_rows};

const PEOPLE: &[&str] = &["INSERT INTO people VALUES ('ann','Ann','ann@x.io',NULL), ('bob','Bob','bob@x.io',NULL)"];
const AT: &str = "2026-11-23T09:00:00Z";

fn ann() -> PersonId {
    PersonId::from("ann")
}

fn turn(key: &str, wall_now: &str) -> NewTurn {
    NewTurn {
        conversation: "c1".to_owned(),
        request_key: key.to_owned(),
        holder: format!("holder of {key} at {wall_now}"),
        wall_now: wall_now.to_owned(),
        lease_until: "2026-11-23T10:00:00Z".to_owned(),
        sight: "eyes".to_owned(),
        at: AT.to_owned(),
        question: format!("question {key}"),
    }
}

async fn conversation(store: &Store) {
    insert_rows(store, PEOPLE).await;
    conversations::create(store, &ann(), "c1", AT).await.unwrap();
}

async fn start(store: &Store, key: &str, wall_now: &str) -> OpenTurn {
    match begin(store, &ann(), &turn(key, wall_now)).await.unwrap() {
        Begun::Started(open) => open,
        other => panic!("{other:?}"),
    }
}

fn bodies() -> Vec<String> {
    vec!["call".to_owned(), "result".to_owned(), "answer".to_owned()]
}

#[tokio::test]
async fn a_turn_is_answered_once_and_a_repeated_request_gets_the_same_answer() {
    for_each_database(|store| async move {
        conversation(&store).await;
        let open = start(&store, "k1", "2026-11-23T09:00:00Z").await;
        assert_eq!(begin(&store, &ann(), &turn("k1", "2026-11-23T09:00:01Z")).await.unwrap(), Begun::Busy);
        assert_eq!(begin(&store, &ann(), &turn("k2", "2026-11-23T09:00:01Z")).await.unwrap(), Begun::Busy);
        complete(&store, &ann(), &open, AT, &bodies(), "{}").await.unwrap();
        let answered = Begun::Answered { question: "question k1".to_owned(), answer: "{}".to_owned() };
        assert_eq!(begin(&store, &ann(), &turn("k1", "2026-11-23T09:00:02Z")).await.unwrap(), answered);
        let next = start(&store, "k2", "2026-11-23T09:00:02Z").await;
        let past: Vec<_> = past(&store, &ann(), &next).await.unwrap().into_iter().map(|message| (message.turn, message.body)).collect();
        assert_eq!(past, [(1, "question k1".into()), (1, "call".into()), (1, "result".into()), (1, "answer".into())]);
    })
    .await;
}

#[tokio::test]
async fn an_abandoned_turn_leaves_the_conversation_as_it_was() {
    for_each_database(|store| async move {
        conversation(&store).await;
        let open = start(&store, "k1", "2026-11-23T09:00:00Z").await;
        abandon(&store, &open).await.unwrap();
        assert_eq!(conversations::messages(&store, &ann(), "c1").await.unwrap(), []);
        assert_eq!(start(&store, "k1", "2026-11-23T09:00:01Z").await.number, 1);
    })
    .await;
}

#[tokio::test]
async fn a_turn_whose_holder_is_gone_is_passed_over_and_its_question_stays() {
    for_each_database(|store| async move {
        conversation(&store).await;
        let lost = start(&store, "k1", "2026-11-23T09:00:00Z").await;
        let again = start(&store, "k1", "2026-11-23T10:00:01Z").await;
        assert_eq!((again.number, again.first_sequence), (2, 2));
        assert!(matches!(complete(&store, &ann(), &lost, AT, &bodies(), "{}").await, Err(StoreError::Lost)));
        abandon(&store, &lost).await.unwrap();
        complete(&store, &ann(), &again, AT, &bodies(), "{}").await.unwrap();
        let said: Vec<_> = conversations::messages(&store, &ann(), "c1").await.unwrap().into_iter().map(|message| message.body).collect();
        assert_eq!(said, ["question k1", "question k1", "call", "result", "answer"]);
    })
    .await;
}

#[tokio::test]
async fn a_holder_who_renews_its_lease_is_not_passed_over() {
    for_each_database(|store| async move {
        conversation(&store).await;
        let open = start(&store, "k1", "2026-11-23T09:00:00Z").await;
        renew(&store, &open, "2026-11-23T11:00:00Z").await.unwrap();
        assert_eq!(begin(&store, &ann(), &turn("k2", "2026-11-23T10:00:01Z")).await.unwrap(), Begun::Busy);
        complete(&store, &ann(), &open, AT, &bodies(), "{}").await.unwrap();
        renew(&store, &open, "2026-11-23T12:00:00Z").await.unwrap();
        start(&store, "k2", "2026-11-23T10:00:02Z").await;
    })
    .await;
}

#[tokio::test]
async fn nobody_begins_or_reads_a_turn_of_somebody_else() {
    for_each_database(|store| async move {
        conversation(&store).await;
        let bob = PersonId::from("bob");
        assert_eq!(begin(&store, &bob, &turn("k1", AT)).await.unwrap(), Begun::NoConversation);
        let open = start(&store, "k1", "2026-11-23T09:00:00Z").await;
        assert!(matches!(complete(&store, &bob, &open, AT, &bodies(), "{}").await, Err(StoreError::Lost)));
        complete(&store, &ann(), &open, AT, &bodies(), "{}").await.unwrap();
        let next = OpenTurn { first_sequence: 99, ..open };
        assert_eq!(past(&store, &bob, &next).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn of_many_requests_at_once_one_turn_begins() {
    for_each_database(|store| async move {
        conversation(&store).await;
        let asked = (0..6).map(|number| {
            let (store, turn) = (store.clone(), turn(&format!("k{number}"), "2026-11-23T09:00:00Z"));
            async move { begin(&store, &ann(), &turn).await.unwrap() }
        });
        let begun = futures::future::join_all(asked).await;
        assert_eq!(begun.iter().filter(|begun| matches!(begun, Begun::Started(_))).count(), 1, "{begun:?}");
    })
    .await;
}
