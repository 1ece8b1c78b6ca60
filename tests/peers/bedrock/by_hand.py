"""A Bedrock Runtime on loopback whose model is whoever answers: a person, a program, another language model. See evals/README.md.

usage: by_hand.py FOLDER [--port PORT] [--command COMMAND]

Each request is written to FOLDER as NNN.request.md (as a person reads it) and NNN.request.json (as it was sent). The reply is taken from
NNN.reply.json as soon as that is whole JSON: {"text": "..."} for words, {"tools": [{"name": "...", "input": {...}}]} for calls of tools, or both.
With --command the program gets the request on its standard input instead and prints the reply.
"""

import argparse
import asyncio
import json
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sign
from http1 import serve
from reply import Json, Reply, ScriptError
from scripts import Script, read_json
from server import Peer, until_stopped

_LOOKS_EVERY = 0.2


@dataclass
class ByHand(Script):
    folder: Path = Path()
    command: str = ""
    asked: int = 0

    async def next_reply(self, body: Any) -> tuple[Reply, int]:  # type: ignore[override]
        self.asked += 1
        number = f"{self.asked:03}"
        (self.folder / f"{number}.request.json").write_text(json.dumps(body, ensure_ascii=False, indent=1))
        readable = _readable(body)
        (self.folder / f"{number}.request.md").write_text(readable)
        print(f"{number}: {self.folder / number}.request.md waits for {number}.reply.json", flush=True)
        while True:
            text = await self._from_command(readable) if self.command else await self._from_file(number)
            try:
                return _reply(read_json(text)), 1
            except ScriptError as error:
                print(f"{number}: the reply cannot be played: {error}", flush=True)
                if self.command:
                    return Reply.parse({"error": {"type": "ModelErrorException", "message": "the reply could not be read"}}), 1
                (self.folder / f"{number}.reply.json").unlink()

    async def _from_file(self, number: str) -> str:
        path = self.folder / f"{number}.reply.json"
        while True:
            if path.exists() and read_json(text := path.read_text()) is not None:
                return text
            await asyncio.sleep(_LOOKS_EVERY)

    async def _from_command(self, readable: str) -> str:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_shell(self.command, stdin=pipe, stdout=pipe)
        written, _ = await process.communicate(readable.encode())
        return written.decode("utf-8", "replace")


def _reply(raw: Any) -> Reply:
    if not isinstance(raw, dict) or not raw.keys() & {"text", "tools"}:
        raise ScriptError('a reply is {"text": "..."} or {"tools": [...]}')
    blocks: list[Json] = [{"text": raw["text"]}] if raw.get("text") else []
    for tool in raw.get("tools", []):
        if not isinstance(tool, dict) or "name" not in tool:
            raise ScriptError("a tool has a name")
        blocks.append({"tool": {"id": f"tooluse_{uuid.uuid4().hex[:16]}", "name": tool["name"], "input": tool.get("input", {})}})
    return Reply.parse({"blocks": blocks})


def _readable(body: Any) -> str:
    """The request as a person reads it: prompt, tools, conversation."""
    parts = ["# System prompt\n"]
    parts += [block["text"] for block in body.get("system", []) if "text" in block]
    tools = [tool["toolSpec"] for tool in body.get("toolConfig", {}).get("tools", []) if "toolSpec" in tool]
    parts.append(f"\n# Tools ({len(tools)})\n")
    for tool in tools:
        arguments = tool["inputSchema"]["json"].get("properties", {})
        parts.append(f"## {tool['name']}\n{tool['description']}")
        parts += [f"- {name}: {argument.get('description', '')}" for name, argument in arguments.items()]
    choice = body.get("toolConfig", {}).get("toolChoice")
    parts.append(f"\n# Conversation{f' (tool choice: {json.dumps(choice)})' if choice else ''}\n")
    for message in body.get("messages", []):
        for block in message["content"]:
            parts.append(f"## {message['role']}\n{_said(block)}")
    return "\n".join(parts) + "\n"


def _said(block: Json) -> str:
    if "text" in block:
        return str(block["text"])
    if "toolUse" in block:
        return f"calls {block['toolUse']['name']} {json.dumps(block['toolUse'].get('input'), ensure_ascii=False)}"
    if "toolResult" in block:
        content = [item.get("json", item.get("text")) for item in block["toolResult"]["content"]]
        return f"result ({block['toolResult'].get('status', 'success')}): {json.dumps(content, ensure_ascii=False)}"
    return json.dumps(block, ensure_ascii=False)


def _environment(url: str) -> dict[str, object]:
    """What the product needs to ask here, with time for an answer by hand."""
    return {
        "AGENT_BILL_BEDROCK__ENDPOINT_URL": url,
        "AGENT_BILL_BEDROCK__FIRST_BYTE_SECONDS": 600,
        "AGENT_BILL_BEDROCK__IDLE_SECONDS": 600,
        "AGENT_BILL_BEDROCK__TURN_SECONDS": 1800,
        "AGENT_BILL_LIMITS__REQUEST_SECONDS": 1900,
        "AWS_ACCESS_KEY_ID": sign.ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": sign.SECRET_KEY,
        "AWS_REGION": "eu-central-1",
    }


async def main(folder: Path, port: int, command: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.glob("*.request.json")):
        sys.exit(f"{folder} holds the requests of another run; name an empty folder")
    script = ByHand([], False, True, "any", False, folder=folder, command=command)
    peer = Peer()
    peer.add(script)
    server = await serve(port, peer.handle)
    for name, value in _environment(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/s/{script.id}").items():
        print(f"export {name}={value}", flush=True)
    await until_stopped(server)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A Bedrock Runtime on loopback, answered by hand.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--command", default="")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.folder, arguments.port, arguments.command))
