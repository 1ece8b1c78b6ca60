"""The scripts in play and what their clients sent: everything of a test is in its own script, so tests share one peer."""

import json
import time
import uuid
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any

from http1 import Request
from replay import Ledger
from reply import Json, Reply, ScriptError, checked

MOST_SCRIPTS = 2_000
MOST_RECORDS = 2_000
MOST_RECORDS_WITHOUT_BODIES = 200_000
_MEMBERS = {"replies": list, "when_exhausted": str, "validate": bool, "expect_auth": str, "record": str, "order": str}


@dataclass
class Record:
    """One request, as the test reads it later. Times are milliseconds since the script was made."""

    _since: float
    operation: str
    path: str
    model_id: str
    headers: dict[str, str] | None
    body_text: str | None
    auth: str = "none"
    faults: list[str] = field(default_factory=list)
    outcome: str | None = None
    events_sent: int = 0
    received_at_ms: float = 0.0
    first_byte_ms: float | None = None
    finished_ms: float | None = None

    def __post_init__(self) -> None:
        self.received_at_ms = self._now()

    def _now(self) -> float:
        return round((time.monotonic() - self._since) * 1000, 3)

    def first_byte(self) -> None:
        if self.first_byte_ms is None:
            self.first_byte_ms = self._now()

    def finish(self, outcome: str) -> None:
        self.outcome = outcome
        self.finished_ms = self._now()

    def to_json(self) -> Json:
        shown = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        return {**shown, "body": read_json(self.body_text) if self.body_text else None}


def read_json(text: str) -> Any:
    """The JSON of a body, `None` when it is none. NaN and Infinity are no JSON."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return None


@dataclass
class Script:
    replies: list[Reply]
    repeat_last: bool
    validate: bool
    expect_auth: str
    keep_bodies: bool
    by_round: bool = False
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:16])
    ledger: Ledger = field(default_factory=Ledger)
    _played: int = 0
    _since: float = field(default_factory=time.monotonic)
    _records: deque[Record] = field(init=False)

    def __post_init__(self) -> None:
        self._records = deque(maxlen=MOST_RECORDS if self.keep_bodies else MOST_RECORDS_WITHOUT_BODIES)

    @staticmethod
    def parse(raw: Any) -> "Script":
        script = checked(raw, _MEMBERS, "a script")
        choices = {
            "when_exhausted": ("fail", "repeat_last"),
            "expect_auth": ("any", "sigv4", "bearer"),
            "record": ("all", "faults"),
            "order": ("arrival", "round"),
        }
        chosen = {name: script.get(name, values[0]) for name, values in choices.items()}
        for name, values in choices.items():
            if chosen[name] not in values:
                raise ScriptError(f"`{name}` is one of {', '.join(values)}")
        replies = [Reply.parse(reply) for reply in script.get("replies", [])]
        repeat_last = chosen["when_exhausted"] == "repeat_last"
        by_round = chosen["order"] == "round"
        return Script(replies, repeat_last, script.get("validate", True), chosen["expect_auth"], chosen["record"] == "all", by_round)

    def begin(self, request: Request, operation: str, model_id: str) -> Record:
        record = Record(self._since, operation, request.target, model_id, None, None)
        if self.keep_bodies:
            record.headers = {name: request.header(name) or "" for name, _ in request.headers}
            if "authorization" in record.headers:
                record.headers["authorization"] = record.headers["authorization"].split(" ")[0]
            record.body_text = request.body.decode("utf-8", "replace")
        self._records.append(record)
        return record

    def next_reply(self, body: Any) -> tuple[Reply, int] | None:
        """The reply to play, and the how-manieth time it is played."""
        if self.by_round and self.replies:
            self._played = len(self.replies)
            return self.replies[min(_rounds(body), len(self.replies) - 1)], 1
        if not self.replies or (self._played >= len(self.replies) and not self.repeat_last):
            return None
        self._played += 1
        position = min(self._played, len(self.replies))
        return self.replies[position - 1], self._played - position + 1

    def to_json(self) -> Json:
        return {"requests": [record.to_json() for record in self._records], "left": max(0, len(self.replies) - self._played)}


def _rounds(body: Any) -> int:
    """How often tools were called since the last words of the person: where the turn stands, whichever conversation asks."""
    rounds = 0
    for message in reversed(body.get("messages", [])):
        if message["role"] == "user" and not any("toolResult" in block for block in message["content"]):
            break
        rounds += message["role"] == "assistant"
    return rounds


class Scripts:
    def __init__(self) -> None:
        self._scripts: OrderedDict[str, Script] = OrderedDict()

    def add(self, script: Script) -> None:
        self._scripts[script.id] = script
        while len(self._scripts) > MOST_SCRIPTS:
            self._scripts.popitem(last=False)

    def get(self, script_id: str) -> Script | None:
        return self._scripts.get(script_id)

    def remove(self, script_id: str) -> bool:
        return self._scripts.pop(script_id, None) is not None
