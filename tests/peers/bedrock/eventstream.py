"""Encodes `application/vnd.amazon.eventstream` frames."""

import json
import struct
import zlib
from functools import lru_cache

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_STRING = 7


@lru_cache(maxsize=64)
def _headers(kind: str, message_type: str) -> bytes:
    fields = {f":{message_type}-type": kind, ":content-type": "application/json", ":message-type": message_type}
    parts: list[bytes] = []
    for name, value in fields.items():
        parts.append(struct.pack(">B", len(name)) + name.encode() + struct.pack(">BH", _STRING, len(value)) + value.encode())
    return b"".join(parts)


def _frame(headers: bytes, payload: bytes) -> bytes:
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack(">I", zlib.crc32(message))


def event(kind: str, payload: dict[str, object]) -> bytes:
    return _frame(_headers(kind, "event"), json.dumps(payload, ensure_ascii=False).encode())


def exception(kind: str, payload: dict[str, object]) -> bytes:
    return _frame(_headers(kind, "exception"), json.dumps(payload, ensure_ascii=False).encode())


def with_bad_checksum(frame: bytes) -> bytes:
    """The same frame with a wrong checksum over the whole message; the prelude stays readable."""
    return frame[:-1] + bytes([frame[-1] ^ 0xFF])
