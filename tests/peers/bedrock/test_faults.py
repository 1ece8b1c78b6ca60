"""Scripted faults and errors, as a third party's client meets them."""

import http.client
import json
import unittest
from typing import Any

from botocore.eventstream import ChecksumMismatch
from botocore.exceptions import ClientError, EventStreamError, ReadTimeoutError
from urllib3.exceptions import ProtocolError
from urllib3.exceptions import ReadTimeoutError as StreamTimeoutError

from support import MODEL, PeerTest, request, streamed_text

EXCEPTIONS: dict[str, Any] = {
    "internalServerException": {},
    "modelStreamErrorException": {"originalStatusCode": 500, "originalMessage": "inner"},
    "validationException": {},
    "throttlingException": {},
    "serviceUnavailableException": {},
}


class Faults(PeerTest):
    def reply(self, kind: str, after_events: int = 2, **more: Any) -> str:
        fault = {"kind": kind, "after_events": after_events, **more}
        return self.script({"blocks": [{"text": "Thirty-two dollars."}], "fault": fault})

    def broken_off(self, script: str, error: type[Exception], sent: int = 2, outcome: str = "fault", **more: Any) -> None:
        """Two events arrive, then `error`."""
        seen = []
        with self.assertRaises(error):
            for event in self.events(script, **more):
                seen.append(next(iter(event)))
        self.assertEqual(seen, ["messageStart", "contentBlockDelta"][:sent])
        record = self.finished(script)
        self.assertEqual((record["outcome"], record["events_sent"], record["faults"]), (outcome, sent, []))

    def test_each_exception(self) -> None:
        for name, more in EXCEPTIONS.items():
            with self.subTest(name), self.assertRaises(EventStreamError) as raised:
                script = self.reply("exception", exception=name, message="as scripted", **more)
                self.stream(script)
            self.assertEqual(raised.exception.response["Error"], {"Code": name, "Message": "as scripted"})
            self.assertEqual((self.finished(script)["outcome"], self.finished(script)["events_sent"]), ("fault", 2))

    def test_exception_before_the_first_event(self) -> None:
        self.broken_off(self.reply("exception", 0, exception="throttlingException"), EventStreamError, sent=0)

    def test_reset(self) -> None:
        self.broken_off(self.reply("reset"), ProtocolError)
        script = self.reply("reset")
        received = b""
        with self.raw(script) as connection, self.assertRaises(ConnectionResetError):
            while part := connection.recv(10_000):
                received += part
        self.assertEqual(received.count(b":event-type"), 2)

    def test_close_leaves_the_body_unfinished(self) -> None:
        self.broken_off(self.reply("close"), ProtocolError)

    def test_bad_checksum(self) -> None:
        self.broken_off(self.reply("bad_crc"), ChecksumMismatch)

    def test_cut_frame_ends_the_body_in_the_middle(self) -> None:
        script = self.reply("cut_frame")
        raw = self.post(script, request())[2]
        self.assertEqual((raw.count(b":event-type"), raw.count(b"contentBlockDelta")), (3, 2))
        self.assertGreater(int.from_bytes(raw[-60:][:4], "big"), 0)
        # botocore takes the half frame for the end of the stream.
        self.assertEqual(len(self.stream(self.reply("cut_frame"))), 2)

    def test_silence(self) -> None:
        for sent in (0, 2):
            self.broken_off(self.reply("silence", sent), StreamTimeoutError, sent, "disconnected", timeout=0.3)

    def test_missing_ends(self) -> None:
        events = self.stream(self.script({"blocks": [{"text": "Hi"}], "fault": {"kind": "no_message_stop"}}))
        self.assertEqual([next(iter(event)) for event in events][-2:], ["contentBlockStop", "metadata"])
        self.assertEqual(len(self.stream(self.reply("no_message_stop"))), 2)
        events = self.stream(self.script({"blocks": [{"text": "Hi"}], "fault": {"kind": "no_metadata"}}))
        self.assertEqual(next(iter(events[-1])), "messageStop")

    def test_faults_of_converse(self) -> None:
        path = "/model/anthropic.claude-3-haiku/converse"
        cut = http.client.IncompleteRead
        for kind, error in {"reset": ConnectionResetError, "close": cut, "cut_frame": cut, "bad_crc": json.JSONDecodeError}.items():
            with self.subTest(kind), self.assertRaises(error):
                self.post(self.reply(kind), request(), path)
        with self.assertRaises(ReadTimeoutError):
            self.client(self.reply("silence"), timeout=0.3).converse(modelId=MODEL, **request())
        with self.assertRaises(ClientError) as raised:
            self.client(self.reply("exception", exception="throttlingException")).converse(modelId=MODEL, **request())
        self.assertEqual(raised.exception.response["ResponseMetadata"]["HTTPStatusCode"], 429)
        self.assertNotIn("stopReason", self.client(self.reply("no_message_stop")).converse(modelId=MODEL, **request()))
        self.assertNotIn("usage", self.client(self.reply("no_metadata")).converse(modelId=MODEL, **request()))

    def test_errors_before_any_event(self) -> None:
        for name, status in {
            "ThrottlingException": 429, "ModelNotReadyException": 429, "ServiceUnavailableException": 503, "InternalServerException": 500,
            "ModelTimeoutException": 408, "ModelErrorException": 424, "ValidationException": 400, "AccessDeniedException": 403,
            "ResourceNotFoundException": 404, "ServiceQuotaExceededException": 400,
        }.items():  # fmt: skip
            script = self.script({"error": {"type": name, "message": "slow down", "headers": {"x-amz-retry-after": 250}}})
            with self.subTest(name), self.assertRaises(ClientError) as raised:
                self.stream(script)
            answer = raised.exception.response
            self.assertEqual(answer["Error"], {"Code": name, "Message": "slow down"})
            self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], status)
            self.assertEqual(answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-retry-after"], "250")
            self.assertEqual(self.finished(script)["outcome"], "error")

    def test_html_error_and_hanging(self) -> None:
        with self.assertRaises(ClientError) as raised:
            self.stream(self.script({"error": {"html": True, "status": 502}}))
        self.assertEqual(raised.exception.response["ResponseMetadata"]["HTTPStatusCode"], 502)
        script = self.script({"error": {"hang": True}})
        with self.assertRaises(ReadTimeoutError):
            self.stream(script, timeout=0.3)
        record = self.finished(script)
        self.assertEqual((record["outcome"], record["first_byte_ms"]), ("disconnected", None))

    def test_exhausted(self) -> None:
        script = self.script({"blocks": [{"text": "once"}]})
        self.assertEqual(streamed_text(self.stream(script)), "once")
        with self.assertRaises(ClientError) as raised:
            self.stream(script)
        self.assertEqual(raised.exception.response["Error"]["Code"], "InternalServerException")
        self.assertEqual(self.finished(script, 1)["faults"], ["script exhausted"])


if __name__ == "__main__":
    unittest.main()
