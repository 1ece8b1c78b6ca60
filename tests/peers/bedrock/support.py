"""Starts the peer for the tests and talks to it: over its control protocol, through botocore, and with bare sockets."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import botocore.session
from botocore.config import Config

HERE = Path(__file__).parent
MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
MODEL_PATH = "/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse-stream"
TOOL = {"toolSpec": {"name": "spend", "description": "Spend of a period.", "inputSchema": {"json": {"type": "object", "properties": {}}}}}
KEY, SECRET = "AKIDEXAMPLE", "secret-for-loopback"

Json = dict[str, Any]


def user(*content: Json) -> Json:
    return {"role": "user", "content": list(content)}


def assistant(*content: Json) -> Json:
    return {"role": "assistant", "content": list(content)}


def text(value: str) -> Json:
    return {"text": value}


def use(call: str, name: str = "spend", arguments: Any = None) -> Json:
    return {"toolUse": {"toolUseId": call, "name": name, "input": {} if arguments is None else arguments}}


def result(call: str, *content: Json, **more: Any) -> Json:
    return {"toolResult": {"toolUseId": call, "content": list(content) or [{"json": {"total": 1}}], **more}}


def request(*messages: Json, **more: Any) -> Json:
    """A valid body, or what `more` makes of it; a member set to `None` is left out."""
    body = {"messages": list(messages) or [user(text("How much?"))], "inferenceConfig": {"maxTokens": 100}, **more}
    return {name: value for name, value in body.items() if value is not None}


class PeerTest(unittest.TestCase):
    port: int
    _server: subprocess.Popen[bytes]
    _folder: tempfile.TemporaryDirectory[str]

    @classmethod
    def setUpClass(cls) -> None:
        cls._folder = tempfile.TemporaryDirectory()
        port_file = Path(cls._folder.name) / "port"
        cls._server = subprocess.Popen([sys.executable, "-B", HERE / "server.py", "--port-file", port_file])
        deadline = time.monotonic() + 20
        while not port_file.exists():
            assert cls._server.poll() is None and time.monotonic() < deadline, "the peer did not start"
            time.sleep(0.02)
        cls.port = int(port_file.read_text())

    @classmethod
    def tearDownClass(cls) -> None:
        cls._server.terminate()
        cls._server.wait(10)
        cls._folder.cleanup()

    def http(self, method: str, path: str, body: Any = None, headers: Json | None = None) -> tuple[int, dict[str, str], Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, path, data, {"content-type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            raw = answer.read()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, fields, json.loads(raw) if fields["content-type"] == "application/json" else raw
        finally:
            connection.close()

    def script(self, *replies: Json, **more: Any) -> str:
        status, _, answer = self.http("POST", "/control/scripts", {"replies": list(replies), **more})
        self.assertEqual(status, 200, answer)
        return str(answer["id"])

    def state(self, script: str) -> Json:
        status, _, answer = self.http("GET", f"/control/scripts/{script}")
        self.assertEqual(status, 200)
        return dict(answer)

    def finished(self, script: str, index: int = 0) -> Json:
        """A request's record once it has an outcome."""
        deadline = time.monotonic() + 5
        while True:
            requests = self.state(script)["requests"]
            if len(requests) > index and requests[index]["outcome"]:
                return dict(requests[index])
            self.assertLess(time.monotonic(), deadline, "the request has no outcome")
            time.sleep(0.01)

    def post(self, script: str, body: Any, path: str = MODEL_PATH, **headers: str) -> tuple[int, dict[str, str], Any]:
        """A request that botocore would not send, with a bearer token."""
        return self.http("POST", f"/s/{script}{path}", body, {"authorization": "Bearer token", **headers})

    def client(self, script: str, timeout: float = 20, **keys: str) -> Any:
        with mock.patch.dict(os.environ, {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}):
            client = botocore.session.Session().create_client(
                "bedrock-runtime",
                region_name="us-east-1",
                endpoint_url=f"http://127.0.0.1:{self.port}/s/{script}",
                config=Config(retries={"total_max_attempts": 1}, read_timeout=timeout, parameter_validation=False),
                aws_access_key_id=keys.get("key", KEY),
                aws_secret_access_key=keys.get("secret", SECRET),
                aws_session_token=keys.get("token"),
            )
        self.addCleanup(client.close)
        return client

    def stream(self, script: str, body: Json | None = None, model: str = MODEL, **more: Any) -> list[Json]:
        return list(self.events(script, body, model, **more))

    def events(self, script: str, body: Json | None = None, model: str = MODEL, **more: Any) -> Iterator[Json]:
        answer = self.client(script, **more).converse_stream(modelId=model, **(body or request()))
        with contextlib.closing(answer["stream"]) as stream:
            yield from stream

    def raw(self, script: str) -> socket.socket:
        """A connection on which a valid streaming request has been sent."""
        body = json.dumps(request()).encode()
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        head = f"POST /s/{script}{MODEL_PATH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer t\r\ncontent-type: application/json\r\n"
        connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        return connection


def streamed_text(events: list[Json]) -> str:
    return "".join(event["contentBlockDelta"]["delta"].get("text", "") for event in events if "contentBlockDelta" in event)
