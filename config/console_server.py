"""gunicorn's settings for the console that are code: a client that stops sending must not hold a thread for ever."""

import logging
import socket
import struct
from typing import Any

SILENT_S = 10  # how long a client that has begun a request may send nothing


class WithoutSilentClients(logging.Filter):
    """Keeps tracebacks of clients that stopped sending out of the log; gunicorn closes their connections."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is about anything else."""
        return not (isinstance(record.exc_info, tuple) and isinstance(record.exc_info[1], BlockingIOError))


def when_ready(server: Any) -> None:
    """Limit the time that a read may take; connections have the option from the socket that accepts them."""
    seconds_and_microseconds = struct.pack("ll", SILENT_S, 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, seconds_and_microseconds)
    server.log.error_log.addFilter(WithoutSilentClients())
