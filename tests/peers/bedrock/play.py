"""Sends a reply, as far as its fault lets it, and says how that ended."""

import json
import uuid
from dataclasses import dataclass

import eventstream
from http1 import LAST_CHUNK, Connection, chunk, head
from reply import Event, Json, Spoken
from scripts import Record
from shapes import Model

SILENCE_SECONDS = 120
_FLUSH_BYTES = 16 * 1024


def request_id() -> dict[str, str]:
    return {"x-amzn-requestid": str(uuid.uuid4())}


@dataclass(frozen=True)
class _Plan:
    """Whole events, then how the body ends: in order, or as the fault wants it."""

    frames: list[bytes]
    ending: bytes = LAST_CHUNK


def _plan(spoken: Spoken) -> _Plan:
    fault = spoken.reply.fault
    frames = [eventstream.event(*event) for event in _kept(spoken.events(), fault)]
    if fault is None or fault["kind"] in ("no_message_stop", "no_metadata"):
        return _Plan(frames)
    needs_another = fault["kind"] in ("bad_crc", "cut_frame")
    cut = min(fault.get("after_events", 0), len(frames) - needs_another)
    sent, left = frames[:cut], frames[cut:]
    match fault["kind"]:
        case "exception":
            return _Plan(sent, chunk(eventstream.exception(*_exception(fault))) + LAST_CHUNK)
        case "bad_crc":
            return _Plan(sent, b"".join(map(chunk, [eventstream.with_bad_checksum(left[0]), *left[1:]])) + LAST_CHUNK)
        case "cut_frame":
            return _Plan(sent, chunk(left[0][: len(left[0]) // 2]) + LAST_CHUNK)
    return _Plan(sent, b"")


async def stream(connection: Connection, spoken: Spoken, record: Record) -> str:
    """Plays a reply as ConverseStream does, one chunk an event."""
    await connection.pause(spoken.reply.first_delay)
    if not await _send(connection, _plan(spoken), spoken.reply.delay, record):
        return "disconnected"
    return await _break(connection, spoken.reply.fault["kind"]) if spoken.reply.fault else "complete"


async def _send(connection: Connection, plan: _Plan, delay: float, record: Record) -> bool:
    """False when the client left before all was written. Without a delay many events share a packet, as on a fast network."""
    buffer = bytearray(head(200, {"content-type": eventstream.CONTENT_TYPE, "transfer-encoding": "chunked", **request_id()}))
    waiting = 0
    for position, frame in enumerate(plan.frames):
        buffer += chunk(frame)
        waiting += 1
        # The orderly end travels with the last event: a client that has that one may leave.
        ends_here = plan.ending == LAST_CHUNK and position == len(plan.frames) - 1
        if (delay and not ends_here) or len(buffer) > _FLUSH_BYTES:
            if not await _flush(connection, buffer, record):
                return False
            record.events_sent += waiting
            waiting = 0
            if delay:
                await connection.pause(delay)
    buffer += plan.ending
    if not await _flush(connection, buffer, record):
        return False
    record.events_sent += waiting
    return True


async def _flush(connection: Connection, buffer: bytearray, record: Record) -> bool:
    if connection.gone:
        return False
    if buffer:
        record.first_byte()
        connection.write(bytes(buffer))
        buffer.clear()
        await connection.drain()
    return True


def _kept(events: list[Event], fault: Json | None) -> list[Event]:
    """What is left of a stream that lacks its end; it ends in order all the same, earlier if `after_events` says so."""
    missing = {"no_message_stop": "messageStop", "no_metadata": "metadata"}.get(fault["kind"] if fault else "")
    kept = [event for event in events if event[0] != missing]
    if fault and fault["kind"] == "no_message_stop" and "after_events" in fault:
        kept = kept[: min(fault["after_events"], len(kept))]
    return kept


def _exception(fault: Json) -> Event:
    members: Json = {name: fault[name] for name in ("originalStatusCode", "originalMessage") if name in fault}
    return fault.get("exception", "internalServerException"), {"message": fault.get("message", "scripted exception"), **members}


async def _break(connection: Connection, kind: str) -> str:
    if kind == "silence":
        await connection.pause(SILENCE_SECONDS)
        if connection.gone:
            return "disconnected"
        connection.close()
    elif kind == "reset":
        await connection.reset()
    elif kind == "close":
        connection.close()
    return "fault"


async def whole(connection: Connection, spoken: Spoken, record: Record, model: Model) -> str:
    """Plays a reply as Converse does. Faults of the stream become what comes closest to them in one JSON body."""
    await connection.pause(spoken.reply.first_delay)
    fault = spoken.reply.fault
    kind = fault["kind"] if fault else ""
    if connection.gone:
        return "disconnected"
    if kind == "silence":
        return await _break(connection, kind)
    record.first_byte()
    if kind == "exception":
        name, members = _exception(fault or {})
        name = name[:1].upper() + name[1:]
        await error(connection, name, model.status_of(name), members)
        return "fault"
    message = spoken.message()
    for member in {"no_message_stop": ["stopReason"], "no_metadata": ["usage", "metrics"]}.get(kind, []):
        del message[member]
    body = json.dumps(message, ensure_ascii=False).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body)), **request_id()}
    if kind in ("reset", "close", "cut_frame"):
        connection.write(head(200, headers) + body[: len(body) // 2])
        return await _break(connection, "reset" if kind == "reset" else "close")
    connection.write(head(200, headers) + (body[:-1] + b"?" if kind == "bad_crc" else body))
    await connection.drain()
    return "fault" if fault else "complete"


async def error(connection: Connection, name: str, status: int, members: Json, headers: dict[str, str] | None = None) -> None:
    """An error as rest-json has it: the type in a header, the rest in the body."""
    await connection.respond_json(status, members, {"x-amzn-errortype": name, **request_id(), **(headers or {})})


async def scripted_error(connection: Connection, scripted: Json, default_status: int, record: Record) -> str:
    if scripted.get("hang"):
        await connection.pause(None)
        return "disconnected"
    record.first_byte()
    status = scripted.get("status", default_status)
    headers = {name: str(value) for name, value in scripted.get("headers", {}).items()}
    if scripted.get("html"):
        page = f"<html><body><h1>{status}</h1></body></html>".encode()
        await connection.respond(status, {"content-type": "text/html", **headers}, page)
    else:
        name = scripted.get("type", "InternalServerException")
        await error(connection, name, status, {"message": scripted.get("message", "scripted error")}, headers)
    return "error"
