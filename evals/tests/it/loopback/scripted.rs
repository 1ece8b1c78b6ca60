//! A model that asks for what the planner asks for and says what the planner says, over the wire: the answers must be the same and pass the same
//! grades, each with its figures and names checked as a free model's are.

use std::sync::{Arc, Mutex};

use agent_bill_aws::bedrock::testing::{Script, model};
use agent_bill_evals::grade::grade;
use agent_bill_model::Behaviour;
use agent_bill_model::{Block, ChatModel, ModelFailure, ModelReply, ModelRequest, ReplySink};
use agent_bill_planner::Planner;
use async_trait::async_trait;
use serde_json::{Value, json};

use super::{answered_by, cases, converse, stages};

/// The planner, with its replies written down as a script.
#[derive(Default)]
struct Recorder(Mutex<Vec<Value>>);

#[async_trait]
impl ChatModel for Recorder {
    fn name(&self) -> &str {
        "recorder"
    }

    fn writes_freely(&self) -> bool {
        false
    }

    async fn converse(&self, request: &ModelRequest<'_>, sink: &mut dyn ReplySink) -> Result<ModelReply, ModelFailure> {
        let reply = Planner.converse(request, sink).await?;
        let mut replies = self.0.lock().unwrap();
        let looked = request.messages.last().is_some_and(|last| last.blocks.iter().any(|block| matches!(block, Block::ToolResult { .. })));
        let answers = reply.blocks.iter().all(|block| matches!(block, Block::Text { .. }));
        if answers && !looked && reply.behaviour.is_some_and(Behaviour::rests_on_records) {
            // The planner knows what it never has; a model that writes freely has to look before it says so.
            let at = replies.len();
            replies.push(
                json!({ "blocks": [{ "tool": { "id": format!("tooluse_{at}"), "name": "whoami", "input": {} } }], "stop": "tool_use" }),
            );
        }
        let at = replies.len();
        let behaviour = serde_json::to_value(reply.behaviour).unwrap();
        let label = behaviour.as_str().map(|behaviour| format!("<{behaviour}>")).unwrap_or_default();
        let blocks: Vec<Value> = reply
            .blocks
            .iter()
            .enumerate()
            .map(|(number, block)| match block {
                Block::Text { text } => json!({ "text": format!("{label}{text}") }),
                Block::ToolUse { name, input, .. } => {
                    json!({ "tool": { "id": format!("tooluse_{at}_{number}"), "name": name, "input": input } })
                }
                other => panic!("the planner writes no {other:?}"),
            })
            .collect();
        let stop = if blocks.iter().any(|block| block.get("tool").is_some()) { "tool_use" } else { "end_turn" };
        replies.push(json!({ "blocks": blocks, "stop": stop, "chunk_chars": 7, "padding": at.is_multiple_of(2) }));
        Ok(reply)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_case_passes_through_bedrock_with_scripted_turns_and_every_request_is_valid() {
    let cases = cases();
    let stages = stages(&cases).await;
    let mut faults = Vec::new();
    for case in &cases {
        let stage = stages.get(case.world).unwrap();
        let recorder = Arc::new(Recorder::default());
        let (expected, _) = converse(&stage.app, &answered_by(&stage.app, Arc::clone(&recorder) as Arc<dyn ChatModel>), case).await;
        let replies = recorder.0.lock().unwrap().clone();
        // What the agent itself consumed changes with every call, so such an answer cannot be written down beforehand.
        if replies.iter().any(|reply| reply.to_string().contains("agent_usage")) {
            continue;
        }
        let script = Script::playing(&replies).await;
        let bedrock: Arc<dyn ChatModel> = Arc::new(model(&script.config()).await);
        let (answers, _) = converse(&stage.app, &answered_by(&stage.app, Arc::clone(&bedrock)), case).await;
        let record = script.record().await;
        let requests = record["requests"].as_array().unwrap();
        for request in requests.iter().filter(|request| request["faults"] != json!([])) {
            let last = request["body"]["messages"].as_array().and_then(|messages| messages.last()).cloned();
            faults.push(format!("{}: refused for {}: {}", case.id, request["faults"], last.unwrap_or_default()["content"][0]));
        }
        for (expected, answer) in expected.iter().zip(&answers) {
            if (&answer.answer, answer.behaviour, answer.model.as_str()) != (&expected.answer, expected.behaviour, bedrock.name()) {
                faults.push(format!(
                    "{}: {:?} by {} instead of {:?}\n{}\n",
                    case.id, answer.behaviour, answer.model, expected.behaviour, answer.answer
                ));
            }
        }
        let calls: u32 = answers.iter().map(|answer| answer.usage.model_calls).sum();
        if usize::try_from(calls).unwrap() != requests.len() {
            faults.push(format!("{}: {calls} calls were metered of {}", case.id, requests.len()));
        }
        // Where the planner itself misses what is expected, the model that repeats it does, too.
        let planners = grade(case, &expected, &stage.world).faults;
        let graded = grade(case, &answers, &stage.world).faults;
        faults.extend(graded.iter().filter(|fault| !planners.contains(fault)).map(|fault| format!("{}: {fault:?}", case.id)));
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}
