"""The part of HTTP/1.1 that SDKs and tests need: keep-alive, sized and chunked bodies, and a say in how a connection ends.

A framework would hide what this peer is for: half a frame, a reset, a body that never ends, a client that leaves during a pause.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http.client import responses

MOST_HEAD_BYTES = 64 * 1024
MOST_BODY_BYTES = 32 * 1024 * 1024
LAST_CHUNK = b"0\r\n\r\n"


class BadRequest(Exception):
    """The bytes received are not a request this server reads; the connection ends."""


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, several values joined as HTTP joins them."""
        values = [value for key, value in self.headers if key == name]
        return ", ".join(values) if values else None

    @property
    def keep_alive(self) -> bool:
        return "close" not in (self.header("connection") or "").lower()


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {responses.get(status, 'Unknown')}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class _WatchedReader(asyncio.StreamReader):
    """Says at once that the client has left. An ordinary reader says so at the next read, and nobody reads during a reply."""

    on_gone: Callable[[], None] | None = None

    def feed_eof(self) -> None:
        super().feed_eof()
        if self.on_gone:
            self.on_gone()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        if self.on_gone:
            self.on_gone()


class Connection:
    def __init__(self, reader: _WatchedReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._pausing: asyncio.Future[None] | None = None
        self.gone = False
        reader.on_gone = self._on_gone
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _on_gone(self) -> None:
        self.gone = True
        self._wake()

    def _wake(self) -> None:
        if self._pausing and not self._pausing.done():
            self._pausing.set_result(None)

    async def pause(self, seconds: float | None) -> None:
        """Waits, forever with `None`, but no longer than the client stays."""
        if self.gone:
            return
        loop = asyncio.get_running_loop()
        self._pausing = loop.create_future()
        timer = loop.call_later(seconds, self._wake) if seconds is not None else None
        try:
            await self._pausing
        finally:
            self._pausing = None
            if timer:
                timer.cancel()

    async def read_request(self) -> Request | None:
        """The next request, or `None` when the client has no more."""
        try:
            method, target, headers = _parse_head(await self._reader.readuntil(b"\r\n\r\n"))
            request = Request(method, target, headers, b"")
            if (request.header("expect") or "").lower() == "100-continue":
                self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            return Request(method, target, headers, await self._read_body(request))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        except asyncio.LimitOverrunError as error:
            raise BadRequest("a line or the head is too long") from error

    async def _read_body(self, request: Request) -> bytes:
        length, coding = request.header("content-length"), request.header("transfer-encoding")
        if coding is not None:
            if coding.lower() != "chunked" or length is not None:
                raise BadRequest("a body is either chunked or has a length")
            return await self._read_chunks()
        if length is None:
            return b""
        if not length.isascii() or not length.isdigit() or int(length) > MOST_BODY_BYTES:
            raise BadRequest("unreadable content-length")
        return await self._reader.readexactly(int(length))

    async def _read_chunks(self) -> bytes:
        parts: list[bytes] = []
        total = 0
        while True:
            line = (await self._reader.readuntil(b"\r\n")).split(b";")[0].strip()
            try:
                size = int(line, 16)
            except ValueError as error:
                raise BadRequest("unreadable chunk size") from error
            total += size
            if size < 0 or total > MOST_BODY_BYTES:
                raise BadRequest("the body is too large")
            if size == 0:
                while await self._reader.readuntil(b"\r\n") != b"\r\n":
                    pass
                return b"".join(parts)
            parts.append(await self._reader.readexactly(size))
            if await self._reader.readexactly(2) != b"\r\n":
                raise BadRequest("a chunk is longer than it says")

    def write(self, data: bytes) -> None:
        if not self.gone:
            self._writer.write(data)

    async def drain(self) -> None:
        try:
            await self._writer.drain()
        except ConnectionError:
            self.gone = True

    async def respond(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.write(head(status, {**headers, "content-length": str(len(body))}) + body)
        await self.drain()

    async def respond_json(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(value, ensure_ascii=False).encode()
        await self.respond(status, {"content-type": "application/json", **(headers or {})}, body)

    async def reset(self) -> None:
        """Ends the connection with a TCP reset. What was sent gets a moment to arrive: a reset may overtake it."""
        await self.drain()
        await self.pause(0.02)
        linger = struct.pack("ii", 1, 0)
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._writer.transport.abort()
        self.gone = True

    def close(self) -> None:
        self.gone = True
        self._writer.close()


def _parse_head(raw: bytes) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    first, *lines = raw[:-4].decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or words[2] != "HTTP/1.1" or not words[1].startswith("/"):
        raise BadRequest("not an HTTP/1.1 request")
    headers: list[tuple[str, str]] = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequest("unreadable header")
        headers.append((name.lower(), value.strip()))
    return words[0], words[1], tuple(headers)


async def serve(port: int, handle: Callable[[Connection], Awaitable[None]]) -> asyncio.Server:
    """Listens on loopback; `handle` owns each connection until it returns."""
    loop = asyncio.get_running_loop()

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(reader, _WatchedReader)
        connection = Connection(reader, writer)
        try:
            await handle(connection)
        except asyncio.CancelledError:
            pass  # The server is shutting down.
        finally:
            connection.close()

    def protocol() -> asyncio.StreamReaderProtocol:
        return asyncio.StreamReaderProtocol(_WatchedReader(limit=MOST_HEAD_BYTES, loop=loop), on_connection, loop=loop)

    return await loop.create_server(protocol, "127.0.0.1", port, backlog=1024)
