"""What the service's model and the rules of a conversation refuse, and that nothing else is refused."""

import json
import unittest
from typing import Any

from support import MODEL, MODEL_PATH, TOOL, Json, PeerTest, assistant, request, result, streamed_text, text, use, user

TOOLS: Json = {"tools": [TOOL]}
LIMIT: Json = {"maxTokens": 1}
THOUGHT: Json = {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "s1"}}}
LOOP = [user(text("q")), assistant(use("a"), use("b")), user(result("a"), result("b"))]


def loop(*content: Json) -> Json:
    """A question, two calls, and the given answer to them."""
    return request(*LOOP[:2], user(*content), toolConfig=TOOLS)


def cache(ttl: str | None = None) -> Json:
    return {"cachePoint": {"type": "default", **({"ttl": ttl} if ttl else {})}}


def tool(**changes: object) -> Json:
    return {"tools": [{"toolSpec": {**TOOL["toolSpec"], **changes}}]}


def schema(value: object) -> Json:
    return tool(inputSchema={"json": value})


MISFITS: dict[str, Any] = {
    "surprise: unknown member": request(surprise=1),
    "messages.0.content.0.txt: unknown member": request(user({"txt": "x"})),
    "messages.0.content.0: exactly one member of the union": request(user({"text": "x", "cachePoint": {"type": "default"}})),
    "messages.0.role: 'robot' is not one of": request({"role": "robot", "content": [text("x")]}),
    "messages.0.content: required member is missing": request({"role": "user"}),
    "messages: must be an array": request(messages={}),
    "messages.0.content.0.text: must be a string": request(user({"text": 1})),
    "inferenceConfig.maxTokens: 0 as a value are outside": request(inferenceConfig={"maxTokens": 0}),
    "inferenceConfig.maxTokens: must be a whole number": request(inferenceConfig={"maxTokens": 1.5}),
    "inferenceConfig.temperature: 2 as a value are outside": request(inferenceConfig={**LIMIT, "temperature": 2}),
    "inferenceConfig.topP: must be a number": request(inferenceConfig={**LIMIT, "topP": True}),
    "messages.1.content.0.toolUse.toolUseId: 'a b' does not match": request(user(text("q")), assistant(use("a b")), user(result("a b"))),
    "toolUse.toolUseId: 65 characters are outside": request(user(text("q")), assistant(use("a" * 65)), user(result("a"))),
    "toolConfig.tools.0.toolSpec.name: 'a.b' does not match": request(toolConfig=tool(name="a.b")),
    "toolConfig.tools: 0 entries are outside": request(toolConfig={"tools": []}),
    "toolConfig.tools.0.toolSpec.strict: must be true or false": request(toolConfig=tool(strict="yes")),
    "system.0.text: 0 characters are outside": request(system=[text("")]),
    "cachePoint.ttl: '2h' is not one of 1h, 5m": request(system=[text("x"), cache("2h")]),
    "requestMetadata: 0 entries are outside": request(requestMetadata={}),
    "requestMetadata: 17 entries are outside": request(requestMetadata={f"k{n}": "v" for n in range(17)}),
    "requestMetadata.k: 'ü' does not match": request(requestMetadata={"k": "ü"}),
    "redactedContent: must be base64": request(user(text("q")), assistant({"reasoningContent": {"redactedContent": "?"}}), user(text("q"))),
    "guardrailConfig.trace: 'loud' is not one of": request(guardrailConfig={"trace": "loud"}),
    "serviceTier.type: 'vip' is not one of": request(serviceTier={"type": "vip"}),
    "body: must be an object": [],
    "the body is not JSON": b"{",
}

RULES: dict[str, Any] = {
    "must start with a user message": request(assistant(text("a")), user(text("q"))),
    "must end with a user message": request(user(text("q")), assistant(text("a"))),
    "must alternate between user and assistant roles": request(user(text("q")), user(text("q"))),
    "The text field in the ContentBlock object at messages.0.content.1 is blank": request(user(text("q"), text(" \n"))),
    "The text field in the SystemContentBlock object at system.0 is blank": request(system=[text(" ")]),
    "object at messages.2.content.0.toolResult.content.0 is blank": loop(result("a", text("")), result("b")),
    "The content field in the Message object at messages.0 is empty": request(user()),
    "Expected toolResult blocks at messages.2.content for the following Ids: b": loop(result("a")),
    "Expected toolResult blocks at messages.2.content for the following Ids: a, b": loop(text("q")),
    "toolResult blocks at messages.0.content exceeds the number of toolUse blocks": request(user(result("a")), toolConfig=TOOLS),
    "no toolUse block of the previous turn has the following Ids: z": loop(result("a"), result("z")),
    "each toolUse must have a single result": loop(result("a"), result("b"), result("a")),
    "toolResult blocks must come first": loop(result("a"), text("x"), result("b")),
    "toolUse is not allowed in a message with role user": request(user(use("a")), toolConfig=TOOLS),
    "toolResult.content.0.json is invalid. Provide a json object": loop(result("a", {"json": [1]}), result("b")),
    "messages.2.content.1.toolResult.content.0.json is invalid": loop(result("a"), result("b", {"json": {"k": [{"__type": 1}]}})),
    "object at messages.2.content.0.toolResult is empty": loop(
        {"toolResult": {"toolUseId": "a", "content": [], "status": "error"}}, result("b")
    ),
    "messages.1.content.0.toolUse.input is invalid": request(
        user(text("q")), assistant(use("a", arguments=[1])), user(result("a")), toolConfig=TOOLS
    ),
    "The toolConfig field must be defined when using toolUse and toolResult": request(*LOOP),
    "tool names must be unique, spend is not": request(toolConfig={"tools": [TOOL, TOOL]}),
    "inputSchema.json.type must be one of the following: object.": request(toolConfig=schema({"type": "array"})),
    "inputSchema.json is invalid. Provide a json object": request(toolConfig=schema("object")),
    "input_schema does not support oneOf, allOf, or anyOf": request(toolConfig=schema({"type": "object", "anyOf": []})),
    "toolConfig.toolChoice.tool.name: other is not among the tools": request(
        toolConfig={**TOOLS, "toolChoice": {"tool": {"name": "other"}}}
    ),
    "messages.3.content contain duplicate Ids: a": request(*LOOP, assistant(use("a")), user(result("a")), toolConfig=TOOLS),
    "messages.1.content contain duplicate Ids: a": request(
        user(text("q")), assistant(use("a"), use("a")), user(result("a")), toolConfig=TOOLS
    ),
    "A maximum of 4 blocks with cache_control may be provided. Found 5.": request(
        user(text("q"), cache()), system=[text("s"), cache(), cache()], toolConfig={"tools": [TOOL, cache(), cache()]}
    ),
    "messages.0.content.1.cachePoint.ttl: a ttl='1h' cache_control block must not": request(
        user(text("q"), cache("1h")), system=[text("s"), cache()]
    ),
    "inferenceConfig.maxTokens: must be set": request(inferenceConfig=None),
}


class Rules(PeerTest):
    def refused(self, script: str, expected: str, body: object, path: str = MODEL_PATH) -> None:
        status, headers, answer = self.post(script, body if isinstance(body, bytes) else json.dumps(body).encode(), path)
        self.assertEqual((status, headers.get("x-amzn-errortype")), (400, "ValidationException"), answer)
        self.assertIn(expected, answer["message"])
        self.assertIn(expected, "; ".join(self.state(script)["requests"][-1]["faults"]))

    def accepted(self, script: str, body: Json, model: str = MODEL) -> None:
        events = self.stream(script, body, model)
        self.assertIn("metadata", events[-1])

    def test_each_misfit_and_rule_is_refused_and_consumes_no_reply(self) -> None:
        script = self.script({"blocks": [{"text": "left"}]})
        for expected, body in (MISFITS | RULES).items():
            with self.subTest(expected):
                self.refused(script, expected, body)
        self.assertEqual(self.state(script)["left"], 1)
        self.assertEqual(streamed_text(self.stream(script)), "left")

    def test_each_rule_alone_is_broken(self) -> None:
        """A case that breaks a second rule would prove nothing about its own. Some cannot: a lost result is also an unexpected one."""
        together = ("no toolUse block", "each toolUse must", "messages.1.content contain duplicate", "toolUse is not allowed", "exceeds")
        script = self.script()
        for expected, body in RULES.items():
            if not any(part in expected for part in together):
                self.post(script, body)
                self.assertEqual(len(self.state(script)["requests"][-1]["faults"]), 1, expected)

    def test_all_faults_are_told_at_once(self) -> None:
        script = self.script()
        self.post(script, request(user(text("q"), text("")), inferenceConfig=None), "/model/a:b/converse")
        record = self.finished(script)
        self.assertEqual((len(record["faults"]), record["operation"], record["outcome"]), (3, "Converse", "error"))

    def test_paths(self) -> None:
        script = self.script()
        for segment in ("a:b", "a/b", "a%2", "", "a%20b", "x%253A0"):
            with self.subTest(segment):
                expected = "modelId: " if segment in ("a%20b", "x%253A0") else "path: "
                self.refused(script, expected, request(), f"/model/{segment}/converse")
        self.assertEqual(self.post(script, request(), "/model/x/invoke")[0], 404)
        self.assertEqual(self.finished(script, 6)["operation"], "unknown")

    def test_rich_requests_are_accepted(self) -> None:
        body = request(
            *LOOP[:2],
            user(result("a", text("no access"), status="error"), result("b"), text("and?"), cache("5m")),
            system=[text("Be brief."), cache("1h")],
            toolConfig={"tools": [TOOL, cache("1h")], "toolChoice": {"auto": {}}},
            inferenceConfig={"maxTokens": 5, "temperature": 0.5, "topP": 1, "stopSequences": ["x"]},
            requestMetadata={"conversation": "c-1"},
            outputConfig={"effort": "low"},
            additionalModelRequestFields={"anything": [None]},
        )
        arn = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
        script = self.script(*[{"blocks": [{"text": "ok"}]}] * 2)
        self.accepted(script, body, arn)
        self.assertEqual(self.finished(script)["model_id"], arn)
        self.accepted(script, {**body, "inferenceConfig": LIMIT}, "global.anthropic.claude-opus-5")

    def test_new_models_refuse_sampling(self) -> None:
        script = self.script()
        fields = {"thinking": {"type": "enabled"}, "top_k": 1}
        for model in ("us.anthropic.claude-opus-4-7", "claude-opus-4-8", "global.claude-opus-5", "claude-sonnet-5-v1", "a.fable", "mythos"):
            body = request(inferenceConfig={**LIMIT, "temperature": 0, "topP": 1}, additionalModelRequestFields=fields)
            self.post(script, body, f"/model/{model}/converse")
            faults = "; ".join(self.state(script)["requests"][-1]["faults"])
            for expected in ("`temperature` is deprecated for this model.", "`top_p` is", "`top_k` is", "thinking.type.enabled"):
                self.assertIn(expected, faults)

    def test_what_was_streamed_must_come_back_unchanged(self) -> None:
        blocks = [{"reasoning": {"text": "Hm.", "signature": "s1"}}, {"tool": {"id": "c1", "name": "spend", "input": {"n": 1, "b": True}}}]
        script = self.script({"blocks": blocks}, {"blocks": [{"text": "Done."}]}, when_exhausted="repeat_last")
        self.accepted(script, request(toolConfig=TOOLS))
        call = use("c1", arguments={"n": 1.0, "b": True})

        def turn(*content: Json) -> Json:
            return request(user(text("How much?")), assistant(*content), user(result("c1")), toolConfig=TOOLS)

        altered = {"reasoningContent": {"reasoningText": {"text": "Hm!", "signature": "s1"}}}
        for expected, body in [
            ("input: differs from what was streamed", turn(THOUGHT, use("c1", arguments={"n": 1, "b": 1}))),
            ("name: other was streamed as spend", turn(THOUGHT, use("c1", "other", {"n": 1, "b": True}))),
            ("blocks in the latest assistant message cannot be modified", turn(call)),
            ("blocks in the latest assistant message cannot be modified", turn(call, THOUGHT)),
            ("blocks in the latest assistant message cannot be modified", turn(altered, call)),
            ("Invalid `signature` in `thinking` block", request(user(text("q")), assistant(altered, text("a")), user(text("q")))),
        ]:
            self.refused(script, expected, body)
        self.accepted(script, turn(THOUGHT, call))
        forgotten = [user(text("How much?")), assistant(call), user(result("c1")), assistant(text("Done.")), user(text("And?"))]
        self.accepted(script, request(*forgotten, toolConfig=TOOLS))


if __name__ == "__main__":
    unittest.main()
