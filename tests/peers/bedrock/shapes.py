"""Checks JSON against botocore's model of the service: somebody else's idea of what a request is.

botocore's own validator looks at the names, types and lower bounds of what a caller passes in. Here the JSON on the wire is judged, by
everything the model states: also enumerations, patterns, upper bounds, unions and base64.
"""

import base64
import binascii
import math
import re
from collections.abc import Callable
from typing import Any

from botocore.loaders import Loader

MOST_FAULTS = 50

Check = Callable[[Any, str, list[str]], None]


def at(path: str, step: str | int) -> str:
    """A path as the service writes them: `messages.0.content`."""
    return f"{path}.{step}" if path else str(step)


class Model:
    def __init__(self) -> None:
        model = Loader().load_service_model("bedrock-runtime", "service-2")
        self._shapes: dict[str, Any] = model["shapes"]
        self._checks: dict[str, Check] = {}
        self._inputs = {name: operation["input"]["shape"] for name, operation in model["operations"].items() if "input" in operation}

    def body_faults(self, operation: str, body: Any) -> list[str]:
        return self.faults(self._inputs[operation], body)

    def model_id_faults(self, model_id: str) -> list[str]:
        return self.faults("ConversationalModelId", model_id, "modelId")

    def status_of(self, error: str) -> int:
        """The HTTP status that an exception of this name comes with."""
        status: int = self._shapes.get(error, {}).get("error", {}).get("httpStatusCode", 400)
        return status

    def faults(self, shape: str, value: Any, path: str = "") -> list[str]:
        found: list[str] = []
        self._check(shape)(value, path, found)
        return found[:MOST_FAULTS]

    def _check(self, name: str) -> Check:
        if name not in self._checks:

            def later(value: Any, path: str, faults: list[str]) -> None:
                self._checks[name](value, path, faults)

            # Shapes may contain themselves: whoever asks while this one is being built looks it up when it runs.
            self._checks[name] = later
            self._checks[name] = self._build(self._shapes[name])
        return self._checks[name]

    def _build(self, shape: dict[str, Any]) -> Check:
        if shape.get("document"):
            return _anything
        match shape["type"]:
            case "structure":
                return self._structure(shape)
            case "list":
                return self._list(shape)
            case "map":
                return self._map(shape)
            case "string":
                return _string(shape)
            case "blob":
                return _blob(shape)
            case "boolean":
                return _boolean
            case "integer" | "long" | "float" | "double" as kind:
                return _number(shape, whole=kind in ("integer", "long"))
            case kind:
                raise NotImplementedError(f"the model has a new type: {kind}")

    def _structure(self, shape: dict[str, Any]) -> Check:
        in_body = {name: member for name, member in shape["members"].items() if "location" not in member}
        members = {name: self._check(member["shape"]) for name, member in in_body.items()}
        required = [name for name in shape.get("required", []) if name in members]
        union = shape.get("union", False)

        def check(value: Any, path: str, faults: list[str]) -> None:
            if not isinstance(value, dict):
                faults.append(f"{path or 'body'}: must be an object")
                return
            for name, item in value.items():
                member = members.get(name)
                if member is None:
                    faults.append(f"{at(path, name)}: unknown member")
                else:
                    member(item, at(path, name), faults)
            faults.extend(f"{at(path, name)}: required member is missing" for name in required if name not in value)
            if union and len(value) != 1:
                faults.append(f"{path}: exactly one member of the union must be set, not {len(value)}")

        return check

    def _list(self, shape: dict[str, Any]) -> Check:
        member, in_bounds = self._check(shape["member"]["shape"]), _bounds(shape, "entries")

        def check(value: Any, path: str, faults: list[str]) -> None:
            if not isinstance(value, list):
                faults.append(f"{path}: must be an array")
                return
            in_bounds(len(value), path, faults)
            for index, item in enumerate(value):
                member(item, at(path, index), faults)

        return check

    def _map(self, shape: dict[str, Any]) -> Check:
        key, member = self._check(shape["key"]["shape"]), self._check(shape["value"]["shape"])
        in_bounds = _bounds(shape, "entries")

        def check(value: Any, path: str, faults: list[str]) -> None:
            if not isinstance(value, dict):
                faults.append(f"{path}: must be an object")
                return
            in_bounds(len(value), path, faults)
            for name, item in value.items():
                key(name, at(path, name), faults)
                member(item, at(path, name), faults)

        return check


def _bounds(shape: dict[str, Any], unit: str) -> Check:
    low, high = shape.get("min", -math.inf), shape.get("max", math.inf)

    def check(size: Any, path: str, faults: list[str]) -> None:
        if not low <= size <= high:
            faults.append(f"{path}: {size} {unit} are outside {low} to {high}")

    return check


def _string(shape: dict[str, Any]) -> Check:
    allowed = frozenset(shape["enum"]) if "enum" in shape else None
    pattern = re.compile(shape["pattern"]) if "pattern" in shape else None
    in_bounds = _bounds(shape, "characters")

    def check(value: Any, path: str, faults: list[str]) -> None:
        if not isinstance(value, str):
            faults.append(f"{path}: must be a string")
            return
        in_bounds(len(value), path, faults)
        if allowed is not None and value not in allowed:
            faults.append(f"{path}: '{value[:80]}' is not one of {', '.join(sorted(allowed))}")
        if pattern is not None and not pattern.fullmatch(value):
            faults.append(f"{path}: '{value[:80]}' does not match {pattern.pattern[:120]}")

    return check


def _blob(shape: dict[str, Any]) -> Check:
    in_bounds = _bounds(shape, "bytes")

    def check(value: Any, path: str, faults: list[str]) -> None:
        try:
            in_bounds(len(base64.b64decode(value if isinstance(value, str) else "?", validate=True)), path, faults)
        except (binascii.Error, ValueError):
            faults.append(f"{path}: must be base64")

    return check


def _number(shape: dict[str, Any], *, whole: bool) -> Check:
    in_bounds = _bounds(shape, "as a value")

    def check(value: Any, path: str, faults: list[str]) -> None:
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            faults.append(f"{path}: must be {'a whole number' if whole else 'a number'}")
        else:
            in_bounds(value, path, faults)

    return check


def _boolean(value: Any, path: str, faults: list[str]) -> None:
    if not isinstance(value, bool):
        faults.append(f"{path}: must be true or false")


def _anything(_value: Any, _path: str, _faults: list[str]) -> None:
    """A document may be any JSON."""
