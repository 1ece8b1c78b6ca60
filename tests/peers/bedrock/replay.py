"""Whether what a script streamed comes back unchanged in later requests: tool calls, and reasoning with its signature.

The service signs reasoning and refuses an altered block; an altered tool call it cannot notice, but the conversation is then no longer
the one the model had.
"""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
UNREADABLE = object()


def same_json(left: Any, right: Any) -> bool:
    """Equality of JSON values: 1 is 1.0, but neither is true."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_json(item, right[key]) for key, item in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_json, left, right))
    return bool(left == right)


def _reasoning(content: list[Json]) -> list[Json]:
    return [block["reasoningContent"] for block in content if "reasoningContent" in block]


@dataclass
class Ledger:
    """What one script has said so far."""

    _calls: dict[str, Json] = field(default_factory=dict)
    _turn_of_call: dict[str, list[Json]] = field(default_factory=dict)
    _thoughts: list[Json] = field(default_factory=list)

    def said(self, content: list[Json]) -> None:
        """Notes the content of a reply, as a complete message would hold it."""
        self._thoughts += _reasoning(content)
        for block in content:
            if "toolUse" in block:
                self._calls[block["toolUse"]["toolUseId"]] = block["toolUse"]
                self._turn_of_call[block["toolUse"]["toolUseId"]] = content

    def faults(self, messages: list[Json]) -> list[str]:
        found: list[str] = []
        turns = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
        for index in turns:
            content = messages[index]["content"]
            for position, block in enumerate(content):
                self._check_call(f"messages.{index}.content.{position}.toolUse", block, found)
            self._check_reasoning(index, content, index == turns[-1], found)
        return found

    def _check_call(self, path: str, block: Json, found: list[str]) -> None:
        use = block.get("toolUse")
        said = self._calls.get(use["toolUseId"]) if use else None
        if use is None or said is None:
            return
        if use["name"] != said["name"]:
            found.append(f"{path}.name: {use['name']} was streamed as {said['name']}")
        if said["input"] is not UNREADABLE and not same_json(use["input"], said["input"]):
            found.append(f"{path}.input: differs from what was streamed")

    def _check_reasoning(self, index: int, content: list[Json], last: bool, found: list[str]) -> None:
        thoughts = _reasoning(content)
        turn = next((self._turn_of_call[use["toolUseId"]] for use in _uses(content) if use["toolUseId"] in self._turn_of_call), None)
        if last and turn is not None:
            # Within a tool loop the service wants the latest turn exactly as it was, what preceded the calls in the same place.
            if thoughts != _reasoning(turn) or _starts_with_reasoning(turn) != _starts_with_reasoning(content):
                found.append(
                    f"messages.{index}.content: `thinking` or `redacted_thinking` blocks in the latest assistant message "
                    "cannot be modified. These blocks must remain as they were in the original response."
                )
            return
        for position, block in enumerate(content):
            thought = block.get("reasoningContent")
            if thought is not None and thought not in self._thoughts and ((last and self._thoughts) or self._signed(thought)):
                found.append(f"messages.{index}.content.{position}: Invalid `signature` in `thinking` block")

    def _signed(self, thought: Json) -> bool:
        """Whether this script gave out the signature, so that the text must be the one that came with it."""
        signature = thought.get("reasoningText", {}).get("signature")
        return signature is not None and any(said.get("reasoningText", {}).get("signature") == signature for said in self._thoughts)


def _uses(content: list[Json]) -> list[Json]:
    return [block["toolUse"] for block in content if "toolUse" in block]


def _starts_with_reasoning(content: list[Json]) -> bool:
    return bool(content) and "reasoningContent" in content[0]
