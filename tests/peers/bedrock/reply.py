"""A scripted reply: what it may say, the message it amounts to, and the events it is streamed as."""

import json
import random
import string
from dataclasses import dataclass
from typing import Any

from replay import UNREADABLE

Json = dict[str, Any]
Event = tuple[str, Json]

FAULTS = ("reset", "cut_frame", "bad_crc", "silence", "exception", "close", "no_message_stop", "no_metadata")
_REPLY = {
    "blocks": list, "echo": dict, "error": dict, "stop": str, "usage": dict, "chunk_chars": int, "first_delay_ms": (int, float),
    "delay_ms": (int, float), "padding": bool, "unknown_events": bool, "trace": object, "fault": dict,
}  # fmt: skip
_FAULT = {"kind": str, "after_events": int, "exception": str, "message": str, "originalStatusCode": int, "originalMessage": str}
_ERROR = {"type": str, "status": int, "message": str, "headers": dict, "hang": bool, "html": bool}
_ECHO = {"prefix": str, "most_chars": int}
_BLOCKS = {"text": str, "tool": dict, "fragments": int, "raw_input": str, "reasoning": dict, "redacted": str}


class ScriptError(Exception):
    """A script that cannot be played. Refused when it is handed in: a misspelt member must not pass for a default."""


def checked(raw: Any, members: Json, what: str) -> Json:
    if not isinstance(raw, dict):
        raise ScriptError(f"{what} must be an object")
    for name, value in raw.items():
        if name not in members:
            raise ScriptError(f"{what} has no member `{name}`")
        if not isinstance(value, members[name]) or (isinstance(value, bool) and members[name] not in (bool, object)):
            raise ScriptError(f"`{name}` of {what} is of the wrong type")
    return raw


@dataclass(frozen=True)
class Reply:
    raw: Json

    @staticmethod
    def parse(raw: Any) -> "Reply":
        reply = checked(raw, _REPLY, "a reply")
        if len(reply.keys() & {"blocks", "echo", "error"}) != 1:
            raise ScriptError("a reply is one of blocks, echo and error")
        checked(reply.get("error", {}), _ERROR, "an error")
        checked(reply.get("echo", {}), _ECHO, "an echo")
        if "fault" in reply and checked(reply["fault"], _FAULT, "a fault").get("kind") not in FAULTS:
            raise ScriptError(f"the kind of a fault is one of {', '.join(FAULTS)}")
        for block in reply.get("blocks", []):
            if len(checked(block, _BLOCKS, "a block").keys() & {"text", "tool", "reasoning", "redacted"}) != 1:
                raise ScriptError("a block is one of text, tool, reasoning and redacted")
            if "tool" in block and not {"id", "name"} <= checked(block["tool"], {"id": str, "name": str, "input": object}, "a tool").keys():
                raise ScriptError("a tool has an id and a name")
            checked(block.get("reasoning", {}), {"text": str, "signature": str}, "a reasoning block")
        if reply.get("chunk_chars", 1) < 1 or reply.get("fault", {}).get("after_events", 0) < 0:
            raise ScriptError("`chunk_chars` is at least 1 and `after_events` at least 0")
        return Reply(reply)

    @property
    def first_delay(self) -> float:
        return float(self.raw.get("first_delay_ms", 0)) / 1000

    @property
    def delay(self) -> float:
        return float(self.raw.get("delay_ms", 0)) / 1000

    @property
    def fault(self) -> Json | None:
        fault: Json | None = self.raw.get("fault")
        return fault

    @property
    def error(self) -> Json | None:
        error: Json | None = self.raw.get("error")
        return error


@dataclass(frozen=True)
class Spoken:
    """A reply to one request: an echo has its text, a repeated tool call an id of its own."""

    reply: Reply
    blocks: list[Json]
    usage: Json

    @staticmethod
    def to(reply: Reply, request_body: Any, request_chars: int, repetition: int) -> "Spoken":
        blocks = reply.raw.get("blocks")
        if blocks is None:
            blocks = [{"text": _echo(reply.raw["echo"], request_body)}]
        if repetition > 1:
            blocks = [_renamed(block, repetition) for block in blocks]
        spoken_chars = sum(len(json.dumps(block)) for block in blocks)
        usage = {"inputTokens": max(1, request_chars // 4), "outputTokens": max(1, spoken_chars // 4)} | reply.raw.get("usage", {})
        counted = ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheWriteInputTokens")
        return Spoken(reply, blocks, {"totalTokens": sum(usage.get(name, 0) for name in counted)} | usage)

    @property
    def stop(self) -> str:
        stop: str = self.reply.raw.get("stop", "tool_use" if any("tool" in block for block in self.blocks) else "end_turn")
        return stop

    def content(self) -> list[Json]:
        """The reply as a message holds it; the input of a call that is no JSON stays `UNREADABLE`."""
        return [_content(block) for block in self.blocks]

    def events(self) -> list[Event]:
        unknown, padding = self.reply.raw.get("unknown_events", False), self.reply.raw.get("padding", False)
        events: list[Event] = [("messageStart", {"role": "assistant"})]
        if unknown:
            events.append(("futureEvent", {"of": {"another": ["kind"]}}))
        for index, block in enumerate(self.blocks):
            if "tool" in block:
                start = {"toolUse": {"toolUseId": block["tool"]["id"], "name": block["tool"]["name"]}}
                events.append(("contentBlockStart", {"start": start, "contentBlockIndex": index}))
            deltas = self._deltas(block)
            if unknown and index == 0:
                deltas.append({"futureDelta": {"value": 1}})
            events += [("contentBlockDelta", {"delta": delta, "contentBlockIndex": index}) for delta in deltas]
            events.append(("contentBlockStop", {"contentBlockIndex": index}))
        events += [("messageStop", {"stopReason": self.stop}), ("metadata", self.metadata())]
        for _, payload in events:
            if unknown:
                payload["futureMember"] = {"value": 1}
            if padding:
                payload["p"] = string.ascii_letters[: random.randint(1, len(string.ascii_letters))]
        return events

    def metadata(self) -> Json:
        trace = {"trace": self.reply.raw["trace"]} if "trace" in self.reply.raw else {}
        return {"usage": dict(self.usage), "metrics": {"latencyMs": round(self.reply.first_delay * 1000) + 1}, **trace}

    def message(self) -> Json:
        """The body that Converse answers with."""
        content = self.content()
        for block, written in zip(content, self.blocks, strict=True):
            if block.get("toolUse", {}).get("input") is UNREADABLE:
                block["toolUse"]["input"] = written["raw_input"]
        body: Json = {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": self.stop, **self.metadata()}
        if self.reply.raw.get("unknown_events"):
            body["futureMember"] = {"value": 1}
        return body

    def _deltas(self, block: Json) -> list[Json]:
        most = self.reply.raw.get("chunk_chars", 8)
        if "text" in block:
            return [{"text": piece} for piece in _pieces(block["text"], most) or [""]]
        if "redacted" in block:
            return [{"reasoningContent": {"redactedContent": block["redacted"]}}]
        if "reasoning" in block:
            thought = [{"reasoningContent": {"text": piece}} for piece in _pieces(block["reasoning"].get("text", ""), most)]
            signature = block["reasoning"].get("signature")
            return thought + ([{"reasoningContent": {"signature": signature}}] if signature is not None else [])
        written = _written_input(block)
        if "fragments" in block:
            most = max(1, -(-len(written) // max(1, block["fragments"])))
        return [{"toolUse": {"input": piece}} for piece in _pieces(written, most) or [""]]


def _pieces(text: str, most: int) -> list[str]:
    return [text[start : start + most] for start in range(0, len(text), most)]


def _written_input(block: Json) -> str:
    """A call without arguments streams nothing at all, not `{}`."""
    if "raw_input" in block:
        raw: str = block["raw_input"]
        return raw
    value = block["tool"].get("input", {})
    return "" if value == {} else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _content(block: Json) -> Json:
    if "text" in block:
        return {"text": block["text"]}
    if "redacted" in block:
        return {"reasoningContent": {"redactedContent": block["redacted"]}}
    if "reasoning" in block:
        return {"reasoningContent": {"reasoningText": {"text": "", **block["reasoning"]}}}
    try:
        value = json.loads(_written_input(block) or "{}")
    except ValueError:
        value = UNREADABLE
    return {"toolUse": {"toolUseId": block["tool"]["id"], "name": block["tool"]["name"], "input": value}}


def _renamed(block: Json, repetition: int) -> Json:
    """Ids of calls are unique in a conversation, also when the same reply is played again and again."""
    if "tool" not in block:
        return block
    return {**block, "tool": {**block["tool"], "id": f"{block['tool']['id']}-{repetition}"}}


def _echo(echo: Json, body: Any) -> str:
    """The model that obeys: it repeats all it was given, whoever wrote it."""
    messages = body.get("messages", []) if isinstance(body, dict) else []
    latest = messages[-1].get("content", []) if messages else []
    results = [json.dumps(block["toolResult"], ensure_ascii=False) for block in latest if "toolResult" in block]
    said = [block for message in messages if message.get("role") == "user" for block in message.get("content", [])]
    asked = [block["text"] for block in said if "text" in block]
    text = echo.get("prefix", "") + "\n".join(results + asked[-1:])
    return text[: echo.get("most_chars", 200_000)] or "(nothing)"
