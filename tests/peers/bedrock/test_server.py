"""Authentication, the control protocol, and the connections themselves."""

import datetime
import http.client
import json
import unittest
from typing import Any
from unittest import mock

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from scripts import MOST_SCRIPTS, Script, Scripts
from support import KEY, MODEL, MODEL_PATH, SECRET, TOOL, PeerTest, assistant, request, result, text, use, user


class Server(PeerTest):
    def test_order_by_round(self) -> None:
        script = self.script({"blocks": [{"tool": {"id": "t1", "name": "spend", "input": {}}}]}, {"blocks": [{"text": "ok"}]}, order="round")
        asked = [user(text("How much?"))]
        told = [*asked, assistant(use("t1")), user(result("t1"))]
        tools = {"toolConfig": {"tools": [TOOL]}}
        for messages, expected in ((asked, "toolUse"), (asked, "toolUse"), (told, "ok"), (told, "ok"), (asked, "toolUse")):
            self.assertIn(expected, str(self.stream(script, body=request(*messages, **tools))))

    def test_signature(self) -> None:
        script = self.script({"blocks": [{"text": "ok"}]}, when_exhausted="repeat_last")
        self.assertIn("metadata", self.stream(script)[-1])
        self.stream(script, token="token")
        self.assertEqual(self.finished(script, 1)["auth"], "sigv4")
        self.denied(script, "does not match", secret="wrong")
        self.denied(script, "access key is not known", key="AKIDOTHER")
        late = datetime.datetime(2020, 1, 1)
        with mock.patch("botocore.auth.get_current_datetime", lambda: late):
            self.denied(script, "Signature expired")
        signed = AWSRequest("POST", f"http://127.0.0.1:{self.port}/s/{script}{MODEL_PATH}", data=b"{}")
        SigV4Auth(Credentials(KEY, SECRET), "bedrock-runtime", "us-east-1").add_auth(signed)
        status, _, answer = self.http("POST", f"/s/{script}{MODEL_PATH}", b"{}", dict(signed.headers.items()))
        self.assertEqual(status, 403)
        self.assertIn("correct service: 'bedrock'", answer["message"])

    def denied(self, script: str, expected: str, **keys: Any) -> None:
        with self.assertRaises(ClientError) as raised:
            self.stream(script, **keys)
        self.assertEqual(raised.exception.response["Error"]["Code"], "InvalidSignatureException")
        self.assertIn(expected, "; ".join(self.state(script)["requests"][-1]["faults"]))

    def test_altered_after_signing(self) -> None:
        script = self.script({"blocks": [{"text": "ok"}]})
        sent: list[Any] = []
        client = self.client(script)
        client.meta.events.register("before-send.bedrock-runtime", lambda request, **_: sent.append(request))
        client.converse(modelId=MODEL, **request())
        headers = {name.lower(): value.decode() if isinstance(value, bytes) else value for name, value in sent[0].headers.items()}
        headers["host"] = f"127.0.0.1:{self.port}"
        del headers["content-length"]
        path = sent[0].url.split(str(self.port), 1)[1]
        body = bytes(sent[0].body)
        for changed_path, changed_body in [(path.replace("%3A", "%253A"), body), (path, body + b" "), (path + "?x=1", body)]:
            self.assertEqual(self.http("POST", changed_path, changed_body, headers)[0], 403)
        self.assertEqual(self.http("POST", path, body, {**headers, "x-amz-extra": "1"})[0], 403)
        self.assertEqual(self.http("POST", path, body, headers)[0], 500)  # Correctly signed: the script is exhausted.

    def test_bearer_and_expected_authentication(self) -> None:
        script = self.script({"blocks": [{"text": "ok"}]}, when_exhausted="repeat_last", expect_auth="bearer")
        self.assertEqual(self.post(script, request())[0], 200)  # botocore would send a bearer token over HTTPS only.
        record = self.finished(script)
        self.assertEqual((record["auth"], record["headers"]["authorization"]), ("bearer", "Bearer"))
        with self.assertRaises(ClientError):
            self.stream(script)
        self.assertEqual(self.finished(script, 1)["faults"], ["expected bearer authentication, not sigv4"])
        for header in ({}, {"authorization": "Bearer "}, {"authorization": "Basic eDp5"}):
            self.assertEqual(self.http("POST", f"/s/{script}{MODEL_PATH}", request(), header)[0], 403)
        script = self.script({"blocks": [{"text": "ok"}]}, expect_auth="sigv4")
        self.assertEqual(self.post(script, request())[0], 403)
        self.assertIn("metadata", self.stream(script)[-1])

    def test_unvalidated_and_unrecorded(self) -> None:
        script = self.script({"blocks": [{"text": "ok"}]}, when_exhausted="repeat_last", validate=False, record="faults")
        self.assertEqual(self.post(script, request(inferenceConfig=None))[0], 200)
        record = self.finished(script)
        self.assertEqual((record["body"], record["body_text"], record["headers"], record["outcome"]), (None, None, None, "complete"))

    def test_control(self) -> None:
        self.assertEqual(self.http("GET", "/control/health")[::2], (200, {"status": "ok"}))
        block = {"text": "x"}
        wrongs: list[Any] = [
            [], {"reply": []}, {"replies": [{}]}, {"replies": [{"blocks": [], "error": {}}]}, {"replies": [{"blocks": [{"txt": "x"}]}]},
            {"replies": [{"blocks": [block], "delay": 1}]}, {"replies": [{"blocks": [block], "fault": {"kind": "explode"}}]},
            {"replies": [], "when_exhausted": "stop"}, {"replies": [{"blocks": [block], "padding": 1}]},
            {"replies": [{"blocks": [{"tool": {"id": "a"}}]}]}, {"replies": [{"blocks": [block], "chunk_chars": 0}]},
        ]  # fmt: skip
        for wrong in wrongs:
            self.assertEqual(self.http("POST", "/control/scripts", wrong)[0], 400, wrong)
        script, other = self.script({"blocks": [block]}), self.script({"blocks": [block]})
        self.stream(script)
        self.assertEqual((self.state(script)["left"], self.state(other)["left"], self.state(other)["requests"]), (0, 1, []))
        self.assertEqual(self.http("DELETE", f"/control/scripts/{script}")[0], 200)
        self.assertEqual(self.http("GET", f"/control/scripts/{script}")[0], 404)
        self.assertEqual(self.post(script, request())[0], 404)

    def test_the_oldest_scripts_are_forgotten(self) -> None:
        scripts, kept = Scripts(), [Script.parse({}) for _ in range(MOST_SCRIPTS + 1)]
        for script in kept:
            scripts.add(script)
        self.assertEqual([scripts.get(script.id) for script in (kept[0], kept[1], kept[-1])], [None, kept[1], kept[-1]])

    def test_connections_are_kept_and_bodies_may_be_chunked(self) -> None:
        script = self.script({"blocks": [{"text": "ok"}]}, when_exhausted="repeat_last")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        body = json.dumps(request()).encode()
        for _ in range(3):
            headers = {"authorization": "Bearer t", "content-type": "application/json", "transfer-encoding": "chunked"}
            connection.request("POST", f"/s/{script}{MODEL_PATH}", iter([body[:9], body[9:]]), headers, encode_chunked=True)
            self.assertIn(b"messageStop", connection.getresponse().read())
        connection.close()
        self.assertEqual([record["outcome"] for record in self.state(script)["requests"]], ["complete"] * 3)
        with self.raw(script) as raw:
            raw.sendall(b"nonsense\r\n\r\n")
            self.assertIn(b"HTTP/1.1 400 Bad Request", b"".join(iter(lambda: raw.recv(10_000), b"")))


if __name__ == "__main__":
    unittest.main()
