"""What the service demands of a conversation beyond its schema. Where its own wording is known, a fault repeats it.

The rules read requests that already fit the model, so they need not doubt types.
"""

from collections.abc import Iterator
from typing import Any

from shapes import at

Json = dict[str, Any]

# These models refuse sampling parameters, under whatever prefix, profile or version they are called.
WITHOUT_SAMPLING = ("claude-opus-4-7", "claude-opus-4-8", "opus-5", "sonnet-5", "fable", "mythos")
MOST_CACHE_POINTS = 4


def faults(model_id: str, body: Json) -> list[str]:
    messages: list[Json] = body.get("messages", [])
    return [
        *_roles(messages),
        *_blank(body),
        *_places(messages),
        *_tool_pairs(messages),
        *_tool_values(messages),
        *_tool_config(body),
        *_cache_points(body),
        *_sampling(model_id, body),
        *_house(body),
    ]


def _blocks(messages: list[Json]) -> Iterator[tuple[str, Json]]:
    for index, message in enumerate(messages):
        for position, block in enumerate(message["content"]):
            yield f"messages.{index}.content.{position}", block


def _roles(messages: list[Json]) -> Iterator[str]:
    roles = [message["role"] for message in messages]
    if not roles or roles[0] != "user":
        yield "A conversation must start with a user message. Try again with a conversation that starts with a user message."
    if roles and roles[-1] != "user":
        yield "This model does not support assistant message prefill. The conversation must end with a user message."
    for index in range(1, len(roles)):
        if {roles[index - 1], roles[index]} != {"user", "assistant"}:
            yield (
                f"messages.{index}: A conversation must alternate between user and assistant roles. "
                "Make sure the conversation alternates between user and assistant roles and try again."
            )


def _blank(body: Json) -> Iterator[str]:
    """Reasoning is exempt: models that keep it to themselves send an empty text with a signature."""
    places = [("ContentBlock", path, block) for path, block in _blocks(body.get("messages", []))]
    places += [("SystemContentBlock", f"system.{index}", block) for index, block in enumerate(body.get("system", []))]
    for path, block in _blocks(body.get("messages", [])):
        inner = block.get("toolResult", {}).get("content", [])
        places += [("ToolResultContentBlock", f"{path}.toolResult.content.{index}", item) for index, item in enumerate(inner)]
    for kind, path, block in places:
        text = block.get("text", block.get("guardContent", {}).get("text", {}).get("text"))
        if text is not None and not text.strip():
            yield f"The text field in the {kind} object at {path} is blank. Add text to the text field, and try again."
    for index, message in enumerate(body.get("messages", [])):
        if not message["content"]:
            yield (
                f"The content field in the Message object at messages.{index} is empty. "
                "Add a ContentBlock object to the content field and try again."
            )


def _places(messages: list[Json]) -> Iterator[str]:
    for index, message in enumerate(messages):
        foreign = ("toolUse", "reasoningContent") if message["role"] == "user" else ("toolResult",)
        others_seen = False
        for position, block in enumerate(message["content"]):
            path = f"messages.{index}.content.{position}"
            yield from (f"{path}: {kind} is not allowed in a message with role {message['role']}" for kind in foreign if kind in block)
            if "toolResult" in block and others_seen:
                yield f"{path}: toolResult blocks must come first in their message"
            others_seen = others_seen or "toolResult" not in block


def _tool_pairs(messages: list[Json]) -> Iterator[str]:
    seen: set[str] = set()
    asked: list[str] = []
    for index in range(len(messages) + 1):
        content = messages[index]["content"] if index < len(messages) else []
        path = f"messages.{index}.content"
        answered = [block["toolResult"]["toolUseId"] for block in content if "toolResult" in block]
        if missing := [use for use in asked if use not in answered]:
            yield f"Expected toolResult blocks at {path} for the following Ids: {', '.join(missing)}"
        if len(answered) > len(asked):
            yield f"The number of toolResult blocks at {path} exceeds the number of toolUse blocks of previous turn."
        if unknown := sorted(set(answered) - set(asked)):
            yield f"{path}: no toolUse block of the previous turn has the following Ids: {', '.join(unknown)}"
        if twice := sorted({use for use in answered if answered.count(use) > 1}):
            yield f"{path}: each toolUse must have a single result. Found several toolResult blocks with the Ids: {', '.join(twice)}"
        asked = [block["toolUse"]["toolUseId"] for block in content if "toolUse" in block]
        if repeated := sorted({use for use in asked if use in seen or asked.count(use) > 1}):
            yield f"The toolUse blocks at {path} contain duplicate Ids: {', '.join(repeated)}"
        seen.update(asked)


def _holds_type_key(value: Any) -> bool:
    if isinstance(value, dict):
        return "__type" in value or any(map(_holds_type_key, value.values()))
    return isinstance(value, list) and any(map(_holds_type_key, value))


def _tool_values(messages: list[Json]) -> Iterator[str]:
    no_object = "The format of the value at {} is invalid. Provide a json object for the field and try again."
    for path, block in _blocks(messages):
        if "toolUse" in block and not isinstance(block["toolUse"]["input"], dict):
            yield no_object.format(f"{path}.toolUse.input")
        if "toolResult" not in block:
            continue
        content = block["toolResult"]["content"]
        if not content:
            yield f"The content field in the ToolResultBlock object at {path}.toolResult is empty."
        for position, item in enumerate(content):
            if "json" in item and (not isinstance(item["json"], dict) or _holds_type_key(item["json"])):
                yield no_object.format(f"{path}.toolResult.content.{position}.json")


def _tool_config(body: Json) -> Iterator[str]:
    config = body.get("toolConfig")
    if config is None:
        if any("toolUse" in block or "toolResult" in block for _, block in _blocks(body.get("messages", []))):
            yield "The toolConfig field must be defined when using toolUse and toolResult content blocks."
        return
    names: list[str] = []
    for index, tool in enumerate(config["tools"]):
        path = f"toolConfig.tools.{index}.toolSpec"
        spec = tool.get("toolSpec", tool.get("systemTool"))
        if spec is None:
            continue
        if spec["name"] in names:
            yield f"{path}.name: tool names must be unique, {spec['name']} is not"
        names.append(spec["name"])
        schema = spec.get("inputSchema", {}).get("json") if "toolSpec" in tool else {"type": "object"}
        if not isinstance(schema, dict):
            yield f"The format of the value at {path}.inputSchema.json is invalid. Provide a json object for the field and try again."
            continue
        if schema.get("type") != "object":
            yield f"The value at {path}.inputSchema.json.type must be one of the following: object."
        if schema.keys() & {"oneOf", "anyOf", "allOf"}:
            yield (
                f"The model returned the following errors: tools.{index}.custom.input_schema: "
                "input_schema does not support oneOf, allOf, or anyOf at the top level"
            )
    choice = config.get("toolChoice", {}).get("tool")
    if choice is not None and choice["name"] not in names:
        yield f"toolConfig.toolChoice.tool.name: {choice['name']} is not among the tools"


def _cache_points(body: Json) -> Iterator[str]:
    """In the order in which the service reads a request: tools, system, messages."""
    places = [(f"toolConfig.tools.{index}", tool) for index, tool in enumerate(body.get("toolConfig", {}).get("tools", []))]
    places += [(f"system.{index}", block) for index, block in enumerate(body.get("system", []))]
    places += _blocks(body.get("messages", []))
    points = [(path, block["cachePoint"].get("ttl", "5m")) for path, block in places if "cachePoint" in block]
    if len(points) > MOST_CACHE_POINTS:
        yield f"A maximum of {MOST_CACHE_POINTS} blocks with cache_control may be provided. Found {len(points)}."
    short_seen = False
    for path, ttl in points:
        if ttl == "1h" and short_seen:
            yield (
                f"{path}.cachePoint.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. "
                "Note that blocks are processed in the following order: `tools`, `system`, `messages`."
            )
        short_seen = short_seen or ttl == "5m"


def _sampling(model_id: str, body: Json) -> Iterator[str]:
    if not any(name in model_id for name in WITHOUT_SAMPLING):
        return
    more = body.get("additionalModelRequestFields")
    more = more if isinstance(more, dict) else {}
    given = {"temperature": "temperature", "topP": "top_p"}
    used = {given[name] for name in given if name in body.get("inferenceConfig", {})} | (more.keys() & {"temperature", "top_p", "top_k"})
    for name in sorted(used):
        yield f"The model returned the following errors: `{name}` is deprecated for this model."
    thinking = more.get("thinking")
    if isinstance(thinking, dict) and thinking.get("type") == "enabled":
        yield (
            'The model returned the following errors: "thinking.type.enabled" is not supported for this model. '
            'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
        )


def _house(body: Json) -> Iterator[str]:
    """Not the service's rule but ours: without `maxTokens` it reserves quota for the longest answer of the model."""
    if "maxTokens" not in body.get("inferenceConfig", {}):
        yield f"{at('inferenceConfig', 'maxTokens')}: must be set"
