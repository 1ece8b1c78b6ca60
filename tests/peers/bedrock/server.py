"""A Bedrock Runtime on loopback: judges each Converse and ConverseStream request and plays scripted replies. See README.md.

usage: server.py [--port PORT] [--port-file FILE]      PORT 0, the default, takes a free one; FILE receives the number
"""

import argparse
import asyncio
import inspect
import os
import re
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import play
import rules
import sign
from http1 import BadRequest, Connection, Request, serve
from reply import Reply, ScriptError, Spoken
from scripts import Record, Script, Scripts, read_json
from shapes import Model

_OPERATIONS = {"converse": "Converse", "converse-stream": "ConverseStream"}
_MODEL_PATH = re.compile(r"/model/(?P<model>.*)/(?P<operation>converse|converse-stream)")
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+")


class Peer:
    def __init__(self) -> None:
        self._model = Model()
        self._scripts = Scripts()

    def add(self, script: Script) -> None:
        self._scripts.add(script)

    async def handle(self, connection: Connection) -> None:
        """One connection, request by request."""
        try:
            while not connection.gone:
                request = await connection.read_request()
                if request is None:
                    return
                await self._answer(connection, request)
                if not request.keep_alive:
                    return
        except BadRequest as error:
            await connection.respond_json(400, {"message": str(error)}, {"connection": "close"})
        except Exception:
            traceback.print_exc()

    async def _answer(self, connection: Connection, request: Request) -> None:
        _, place, *rest = request.target.split("/")
        if place == "control":
            status, value = self._control(request.method, rest, request)
            await connection.respond_json(status, value)
            return
        script = self._scripts.get(rest[0]) if place == "s" and rest else None
        if script is None:
            await play.error(connection, "ResourceNotFoundException", 404, {"message": "no script has this id"})
            return
        await self._converse(connection, request, script)

    def _control(self, method: str, path: list[str], request: Request) -> tuple[int, object]:
        match (method, path):
            case ("GET", ["health"]):
                return 200, {"status": "ok"}
            case ("POST", ["scripts"]):
                try:
                    script = Script.parse(read_json(request.body.decode("utf-8", "replace")))
                except ScriptError as error:
                    return 400, {"message": str(error)}
                self._scripts.add(script)
                return 200, {"id": script.id}
            case ("GET", ["scripts", script_id]) if found := self._scripts.get(script_id):
                return 200, found.to_json()
            case ("DELETE", ["scripts", script_id]) if self._scripts.remove(script_id):
                return 200, {}
        return 404, {"message": "no such place"}

    async def _converse(self, connection: Connection, request: Request, script: Script) -> None:
        path, _, query = request.target.removeprefix(f"/s/{script.id}").partition("?")
        parts = _MODEL_PATH.fullmatch(path)
        segment = parts["model"] if parts else ""
        record = script.begin(request, _OPERATIONS[parts["operation"]] if parts else "unknown", unquote(segment))
        outcome = "disconnected"
        try:
            outcome = await _Exchange(self._model, connection, request, script, record, segment, query).run()
        finally:
            record.finish(outcome)


@dataclass(frozen=True)
class _Exchange:
    """One request to a model: who sent it, what is wrong with it, and the reply."""

    model: Model
    connection: Connection
    request: Request
    script: Script
    record: Record
    segment: str
    query: str

    async def run(self) -> str:
        """Returns how it ended."""
        verdict = sign.check(self.request, self.script.expect_auth)
        self.record.auth = verdict.kind
        if verdict.fault:
            return await self._refuse(verdict.error, 403, verdict.fault)
        if self.record.operation == "unknown" or self.request.method != "POST":
            fault = f"{self.request.method} {self.request.target} is neither Converse nor ConverseStream"
            return await self._refuse("UnknownOperationException", 404, fault)
        body = read_json(self.request.body.decode("utf-8", "replace"))
        if self.script.validate and (faults := self._faults(body)):
            return await self._refuse("ValidationException", 400, *faults)
        found = self.script.next_reply(body)
        if inspect.isawaitable(found):
            found = await found
        if found is None:
            return await self._refuse("InternalServerException", 500, "script exhausted")
        return await self._play(*found, body)

    async def _play(self, reply: Reply, repetition: int, body: Any) -> str:
        if reply.error is not None:
            default = self.model.status_of(reply.error.get("type", "InternalServerException"))
            return await play.scripted_error(self.connection, reply.error, default, self.record)
        spoken = Spoken.to(reply, body, len(self.request.body), repetition)
        self.script.ledger.said(spoken.content())
        if self.record.operation == "ConverseStream":
            return await play.stream(self.connection, spoken, self.record)
        return await play.whole(self.connection, spoken, self.record, self.model)

    def _faults(self, body: Any) -> list[str]:
        """All that is wrong. What does not fit the model is not held against the rules, which rely on it."""
        faults: list[str] = []
        if not _SEGMENT.fullmatch(self.segment):
            faults.append(f"path: the model id must be one percent-encoded segment, not {self.segment}")
        if self.query:
            faults.append("path: a query string is not expected")
        if (self.request.header("content-type") or "").partition(";")[0] != "application/json":
            faults.append("content-type must be application/json")
        faults += self.model.model_id_faults(self.record.model_id)
        if body is None:
            return [*faults, "the body is not JSON"]
        if misfits := self.model.body_faults(self.record.operation, body):
            return faults + misfits
        return faults + rules.faults(self.record.model_id, body) + self.script.ledger.faults(body.get("messages", []))

    async def _refuse(self, error: str, status: int, *faults: str) -> str:
        self.record.faults += faults
        self.record.first_byte()
        await play.error(self.connection, error, status, {"message": "; ".join(faults)})
        return "error"


async def until_stopped(server: asyncio.Server) -> None:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()
    server.close()


async def main(port: int, port_file: Path | None) -> None:
    server = await serve(port, Peer().handle)
    taken = server.sockets[0].getsockname()[1]
    if port_file:
        # Whoever waits for the file must not read half a number.
        draft = port_file.with_name(port_file.name + ".new")
        draft.write_text(f"{taken}\n")
        os.replace(draft, port_file)
    else:
        print(f"http://127.0.0.1:{taken}", flush=True)
    await until_stopped(server)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A Bedrock Runtime on loopback for tests.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file", type=Path)
    arguments = parser.parse_args()
    sys.exit(asyncio.run(main(arguments.port, arguments.port_file)))
