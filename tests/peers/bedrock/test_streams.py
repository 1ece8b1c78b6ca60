"""Replies without faults, as botocore reads them."""

import json
import time
import unittest

import eventstream
from reply import Reply, Spoken
from shapes import Model
from support import MODEL, TOOL, Json, PeerTest, assistant, request, result, streamed_text, text, use, user

CALL = {"id": "t1", "name": "spend", "input": {"month": "2026-09", "größe": [1, 2.5, None]}}


class Streams(PeerTest):
    def test_text(self) -> None:
        script = self.script({"blocks": [{"text": "Thirty-two dollars."}], "usage": {"inputTokens": 7, "outputTokens": 3}})
        events = self.stream(script)
        self.assertEqual([next(iter(event)) for event in events], [
            "messageStart", *["contentBlockDelta"] * 3, "contentBlockStop", "messageStop", "metadata",
        ])  # fmt: skip
        self.assertEqual(streamed_text(events), "Thirty-two dollars.")
        self.assertEqual(events[-2]["messageStop"], {"stopReason": "end_turn"})
        self.assertEqual(events[-1]["metadata"]["usage"], {"inputTokens": 7, "outputTokens": 3, "totalTokens": 10})
        record = self.finished(script)
        self.assertEqual((record["outcome"], record["events_sent"], record["faults"]), ("complete", len(events), []))
        self.assertEqual((record["operation"], record["model_id"], record["auth"]), ("ConverseStream", MODEL, "sigv4"))
        self.assertTrue(record["path"].endswith("/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse-stream"))
        self.assertEqual(record["headers"]["authorization"], "AWS4-HMAC-SHA256")
        self.assertEqual((record["body"], json.loads(record["body_text"])), (request(), request()))
        self.assertLessEqual(record["received_at_ms"], record["first_byte_ms"])
        self.assertLessEqual(record["first_byte_ms"], record["finished_ms"])

    def test_tool(self) -> None:
        script = self.script({"blocks": [{"text": "Looking."}, {"tool": CALL, "fragments": 3}]})
        events = self.stream(script)
        starts = [event["contentBlockStart"] for event in events if "contentBlockStart" in event]
        self.assertEqual(starts, [{"start": {"toolUse": {"toolUseId": "t1", "name": "spend"}}, "contentBlockIndex": 1}])
        fragments = self._fragments(events)
        self.assertEqual((len(fragments), json.loads("".join(fragments))), (3, CALL["input"]))
        self.assertEqual(events[-2]["messageStop"]["stopReason"], "tool_use")

    def test_tool_without_arguments_and_with_unreadable_ones(self) -> None:
        unreadable = {"tool": CALL, "raw_input": '{"month": '}
        script = self.script({"blocks": [{"tool": {"id": "a", "name": "spend"}}]}, {"blocks": [unreadable]})
        self.assertEqual(self._fragments(self.stream(script)), [""])
        self.assertEqual("".join(self._fragments(self.stream(script))), '{"month": ')

    def _fragments(self, events: list[Json]) -> list[str]:
        deltas = [event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event]
        return [delta["toolUse"]["input"] for delta in deltas if "toolUse" in delta]

    def test_reasoning(self) -> None:
        blocks = [{"reasoning": {"text": "Let me see. ", "signature": "c2ln"}}, {"redacted": "AAEC"}, {"reasoning": {"signature": "x"}}]
        events = self.stream(self.script({"blocks": [*blocks, {"text": "Done."}], "chunk_chars": 5}))
        deltas = [event["contentBlockDelta"]["delta"].get("reasoningContent") for event in events if "contentBlockDelta" in event]
        texts = [{"text": "Let m"}, {"text": "e see"}, {"text": ". "}]
        self.assertEqual(deltas, [*texts, {"signature": "c2ln"}, {"redactedContent": b"\0\1\2"}, {"signature": "x"}, None])

    def test_padding_and_what_no_sdk_knows_change_nothing(self) -> None:
        trace = {"guardrail": {"actionReason": "x"}}
        reply = {"blocks": [{"text": "Thirty-two."}], "padding": True, "unknown_events": True, "trace": trace}
        script = self.script(reply, reply)
        events = self.stream(script)
        self.assertEqual(streamed_text(events), "Thirty-two.")
        self.assertEqual(events[-1]["metadata"]["trace"], trace)
        self.assertIn("SDK_UNKNOWN_MEMBER", [member for event in events for member in event.get("contentBlockDelta", {}).get("delta", {})])
        raw = self.post(script, request())[2]
        self.assertTrue(b'"p": "' in raw and b"futureEvent" in raw and b"futureMember" in raw)

    def test_frames_fit_the_model(self) -> None:
        blocks = [{"text": "a"}, {"tool": CALL}, {"reasoning": {"text": "b", "signature": "c"}}, {"redacted": "AAEC"}]
        spoken = Spoken.to(Reply.parse({"blocks": blocks}), request(), 100, 1)
        model = Model()
        for kind, payload in spoken.events():
            self.assertEqual(model.faults("ConverseStreamOutput", {kind: payload}), [])
        self.assertEqual(model.faults("ConverseResponse", spoken.message()), [])
        # A frame of the real service's form that another encoder made.
        self.assertEqual(eventstream.event("messageStart", {"role": "assistant"}).hex(), (
            "0000007700000052abb5d36e0b3a6576656e742d7479706507000c6d65737361676553746172740d3a636f6e74656e742d747970650700106170706c69636174"
            "696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22726f6c65223a2022617373697374616e74227d5be0d2f5"
        ))  # fmt: skip

    def test_converse(self) -> None:
        blocks = [{"reasoning": {"text": "Hm.", "signature": "s"}}, {"text": "Looking."}, {"tool": CALL}]
        answer = self.client(self.script({"blocks": blocks})).converse(modelId=MODEL, **request())
        thought = {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "s"}}}
        self.assertEqual(answer["output"]["message"]["content"], [thought, text("Looking."), use("t1", arguments=CALL["input"])])
        self.assertEqual(answer["stopReason"], "tool_use")

    def test_echo_repeats_results_and_the_question(self) -> None:
        messages = [user(text("Old")), assistant(text("Yes")), user(text("New?"))]
        messages += [assistant(use("a")), user(result("a", {"json": {"k": "ü"}}))]
        script = self.script({"echo": {"prefix": "I obey: "}, "chunk_chars": 50}, {"echo": {"most_chars": 5}})
        body = request(*messages, toolConfig={"tools": [TOOL]})
        told = streamed_text(self.stream(script, body))
        self.assertEqual(told, 'I obey: {"toolUseId": "a", "content": [{"json": {"k": "ü"}}]}\nNew?')
        self.assertEqual(streamed_text(self.stream(script, body)), '{"too')

    def test_delays_space_the_events(self) -> None:
        script = self.script({"blocks": [{"text": "ab"}], "chunk_chars": 1, "first_delay_ms": 100, "delay_ms": 20})
        begun = time.monotonic()
        events = self.stream(script)
        self.assertGreaterEqual(time.monotonic() - begun, 0.1 + 0.02 * (len(events) - 1))
        record = self.finished(script)
        self.assertGreaterEqual(record["first_byte_ms"] - record["received_at_ms"], 100)
        self.assertGreaterEqual(record["finished_ms"] - record["first_byte_ms"], 20 * (len(events) - 1))

    def test_a_client_that_leaves_is_noticed_during_a_pause(self) -> None:
        script = self.script({"blocks": [{"text": "abcdef"}], "chunk_chars": 1, "delay_ms": 10_000})
        with self.raw(script) as connection:
            self.assertIn(b"messageStart", connection.recv(10_000))
        record = self.finished(script)
        self.assertEqual((record["outcome"], record["events_sent"]), ("disconnected", 1))
        self.assertLess(record["finished_ms"], 5_000)

    def test_replies_are_played_in_order_and_the_last_again(self) -> None:
        script = self.script({"blocks": [{"text": "one"}]}, {"blocks": [{"tool": CALL}]}, when_exhausted="repeat_last")
        self.assertEqual(streamed_text(self.stream(script)), "one")
        calls = [self.stream(script)[1]["contentBlockStart"]["start"]["toolUse"]["toolUseId"] for _ in range(3)]
        self.assertEqual((calls, self.state(script)["left"]), (["t1", "t1-2", "t1-3"], 0))


if __name__ == "__main__":
    unittest.main()
