"""An end to what is done with a connection, however slowly the other side goes on."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def at_most(seconds: float, stream: socket.socket) -> Iterator[None]:
    """End the connection where what is done with it takes longer. Raises ``TimeoutError``.

    The socket's own limit is for each read: a receiver that sends a byte now and then would hold the worker for ever.
    """
    has_expired = threading.Event()
    # Of the connection itself: TLS takes it from the socket that it began with, and gives no copy of its own.
    handle = socket.socket(fileno=os.dup(stream.fileno()))

    def expire() -> None:
        has_expired.set()
        with suppress(OSError):  # it may have ended by itself
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, expire)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        handle.close()
    if has_expired.is_set():  # half an answer can look like a whole one
        raise TimeoutError(f"it took longer than {seconds} s")
