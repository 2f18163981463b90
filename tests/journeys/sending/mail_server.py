"""A mail server of the tests' own, on the loopback, that answers as it is told."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """Keeps what it takes; ``replies`` are by recipient, of RCPT, and ``data_reply`` is the next ones' of DATA.

    ``hang_up_at_mail``: how many of the next messages it doesn't hear of, as its connection ends.
    """

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.replies: dict[str, str] = {}
        self.data_replies: list[str] = []
        self.hang_up_at_mail = 0
        self.port = 0

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if self.hang_up_at_mail:
            self.hang_up_at_mail -= 1
            assert server.transport is not None
            server.transport.close()
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[Any]
    ) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.data_replies:
            reply = self.data_replies.pop(0)
            if reply == "hang up":
                assert server.transport is not None
                server.transport.close()
            return reply
        self.taken.append(envelope)
        return "250 OK"

    def recipients(self) -> Counter[str]:
        return Counter(address for envelope in self.taken for address in envelope.rcpt_tos)

    @property
    def contents(self) -> list[bytes]:
        return [envelope.original_content or b"" for envelope in self.taken]


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run one for as long as the block."""
    handler = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
