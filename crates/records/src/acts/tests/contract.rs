//! What holds for every act, whatever it does.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::fixture::{APP, acts, clock, organisation, person};
use crate::acts::{ActError, Actor, AnyAct, all};
use crate::testing::for_each_database;
use crate::{Store, audit, org};

/// One act that somebody of the organisation may perform.
struct Example {
    event: &'static str,
    who: &'static str,
    /// Who else of the fixture's people may, perhaps under conditions that tests of its own are about.
    also: &'static [&'static str],
    /// The act whose example is performed first, if this one needs its record.
    after: Option<&'static str>,
    /// The input, from the id of that record; empty when there is none.
    input: fn(&str) -> Value,
}

const EXAMPLES: &[Example] = &[
    Example { event: "claim.added", who: "Ann", also: &[], after: None, input: |_| json!({ "principal": APP, "workload": "Checkout" }) },
    Example { event: "claim.released", who: "Ann", also: &["Grace"], after: Some("claim.added"), input: |claim| json!({ "claim": claim }) },
    Example {
        event: "estimate.set",
        who: "Ann",
        also: &[],
        after: None,
        input: |_| json!({ "workload": "Checkout", "amount_usd": "1500.50" }),
    },
    Example {
        event: "decision.made",
        who: "Grace",
        also: &[],
        after: None,
        input: |_| {
            json!({ "model": "Claude Opus 4.7", "state": "approved", "account": "prod", "region": "us-east-1", "route": "on_demand",
                    "rationale": "reviewed" })
        },
    },
    Example {
        event: "decision.implemented",
        who: "Omar",
        also: &[],
        after: Some("decision.made"),
        input: |decision| json!({ "decision": decision }),
    },
    Example {
        event: "organisation.imported",
        who: "Adam",
        also: &[],
        after: None,
        input: |_| {
            let accounts = "account_id,name,node,percent,effective_from\n111122223333,prod,Beta,100,2026-01-01\n";
            json!({ "accounts": { "name": "a.csv", "text": accounts } })
        },
    },
];

impl Example {
    fn of(event: &str) -> &'static Self {
        EXAMPLES.iter().find(|example| example.event == event).unwrap_or_else(|| panic!("no example of `{event}` in EXAMPLES"))
    }

    fn act(&self) -> Box<dyn AnyAct> {
        all().into_iter().find(|act| act.event() == self.event).unwrap_or_else(|| panic!("`{}` is no act of the list", self.event))
    }

    /// The input for an organisation of which nothing has been changed yet; performs what must come first.
    async fn prepare(&self, store: &Store) -> Value {
        let Some(first) = self.after.map(Self::of) else { return (self.input)("") };
        let input = Box::pin(first.prepare(store)).await;
        let done = first.act().perform(&acts(store, clock()), &person(store, first.who).await, input).await;
        (self.input)(&done.unwrap_or_else(|error| panic!("{}, before {}: {error:?}", first.event, self.event)).subject)
    }
}

/// Runs `test` with each example and its input, in an organisation of its own, on each database.
async fn for_each_example<F: Future<Output = ()>>(test: impl Fn(Store, &'static Example, Value) -> F + Copy) {
    for example in EXAMPLES {
        for_each_database(|store| async move {
            organisation(&store).await;
            let input = example.prepare(&store).await;
            test(store, example, input).await;
        })
        .await;
    }
}

async fn state(store: &Store) -> String {
    let entries = audit::verify(store, None).await.unwrap().entries;
    format!("{entries} {:?} {:?}", org::get(store).await.unwrap(), crate::claims::list_claims(store).await.unwrap())
}

#[test]
fn every_act_has_an_example_an_event_and_a_place_on_the_command_line_of_its_own() {
    let events: Vec<&str> = all().iter().map(|act| act.event()).collect();
    let examples: BTreeSet<&str> = EXAMPLES.iter().map(|example| example.event).collect();
    assert_eq!(events.iter().copied().collect::<BTreeSet<_>>(), examples, "acts on the left, EXAMPLES on the right");
    assert_eq!(events.len(), examples.len(), "two acts have one event, or an act has two examples");
    let places: BTreeSet<[&str; 2]> = all().iter().map(|act| act.command()).collect();
    assert_eq!(places.len(), events.len(), "two acts have one place on the command line");
}

#[tokio::test]
async fn a_preview_changes_nothing_and_the_same_input_can_then_be_performed_and_is_recorded() {
    for_each_example(|store, Example { event, who, .. }, input| async move {
        let (acts, act) = (acts(&store, clock()), Example::of(event).act());
        let actor = person(&store, who).await;
        let before = state(&store).await;
        let preview = act.preview(&acts, &actor, input.clone()).await.unwrap_or_else(|error| panic!("{event}: {error:?}"));
        assert!(!preview.is_empty(), "{event}");
        assert_eq!(state(&store).await, before, "{event}: a preview writes nothing");
        let done = act.perform(&acts, &actor, input).await.unwrap_or_else(|error| panic!("{event}: {error:?}"));
        assert!(!done.outcome.is_empty(), "{event}");
        let (entry, by) = audit::tail(&store, 1).await.unwrap().remove(0);
        assert_eq!((entry.event.as_str(), entry.subject, by.as_str()), (*event, done.subject, actor.name()), "{event}");
        assert_eq!(audit::verify(&store, None).await.unwrap().fault, None, "{event}");
    })
    .await;
}

#[tokio::test]
async fn nobody_else_may_neither_preview_nor_perform_and_leaves_no_event() {
    for_each_example(|store, Example { event, who, also, .. }, input| async move {
        let (acts, act) = (acts(&store, clock()), Example::of(event).act());
        let before = audit::verify(&store, None).await.unwrap().entries;
        for other in ["Ann", "Pam", "Grace", "Omar", "Adam"].into_iter().filter(|other| other != who && !also.contains(other)) {
            let actor = person(&store, other).await;
            let previewed = act.preview(&acts, &actor, input.clone()).await;
            assert!(
                matches!(previewed, Err(ActError::RoleMissing { .. })),
                "{event} as {other}, who is neither `who` nor `also`: {previewed:?}"
            );
            let performed = act.perform(&acts, &actor, input.clone()).await;
            assert!(matches!(performed, Err(ActError::RoleMissing { .. })), "{event} as {other}: {performed:?}");
        }
        let operator = act.preview(&acts, &Actor::operator(), input).await;
        assert_eq!(operator.is_ok(), act.operator_may(), "{event}: {operator:?}");
        assert_eq!(audit::verify(&store, None).await.unwrap().entries, before, "{event}");
    })
    .await;
}

#[tokio::test]
async fn an_input_with_a_member_that_does_not_exist_is_refused() {
    for_each_example(|store, Example { event, who, .. }, mut input| async move {
        let act = Example::of(event).act();
        input["surprise"] = json!(1);
        let refused = act.perform(&acts(&store, clock()), &person(&store, who).await, input).await;
        assert!(matches!(refused, Err(ActError::InputUnfit(_))), "{event}: {refused:?}");
        assert_eq!(act.input_schema()["additionalProperties"], json!(false), "{event}");
    })
    .await;
}

#[test]
fn what_a_command_line_says_is_what_a_request_would_say() {
    let act = all().into_iter().find(|act| act.event() == "estimate.set").unwrap();
    let matches = act.arguments().try_get_matches_from(["set", "--workload", "Checkout", "--usd", "5", "--input", "7"]).unwrap();
    let read = act.read(&matches).unwrap();
    assert_eq!(read["amount_usd"], json!("5.00"));
    assert_eq!((&read["workload"], &read["tokens"]["input_tokens"]), (&json!("Checkout"), &json!(7)));
}
