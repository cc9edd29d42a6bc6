"""A mail server for tests: it listens on this machine, keeps what it is given, and can refuse for a while."""

from __future__ import annotations

import asyncio
import threading
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from email.message import EmailMessage


class Mailbox:
    """Speaks as much SMTP as Python's client asks for; ``messages`` are in the order of their coming."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refusing = False
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Mailbox:
        ready = threading.Event()
        self._loop.call_soon(lambda: self._loop.create_task(self._open(ready)))
        self._thread.start()
        assert ready.wait(5)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def to(self, address: str) -> list[EmailMessage]:
        """Return what came for one address."""
        return [one for one in self.messages if address in str(one["To"])]

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())

    async def _open(self, ready: threading.Event) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mailbox\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self._keep(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(self._answer(verb))
            await writer.drain()
            if verb == b"QUIT":
                break
        writer.close()

    def _answer(self, verb: bytes) -> bytes:
        if self.refusing and verb == b"MAIL":
            return b"451 come again later\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"

    def _keep(self, data: bytes) -> None:
        plain = data[:-5].replace(b"\r\n..", b"\r\n.")
        self.messages.append(message_from_bytes(plain, policy=policy.default))  # type: ignore[arg-type]


def text_of(message: Any) -> str:
    """Return a message's plain text."""
    return message.get_body(("plain",)).get_content()
