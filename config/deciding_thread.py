"""The thread that decides: several requests in a row where several wait, and then it sends all their answers.

The thread in which granian calls takes a request as it comes and reads its body. Deciding there, each decision began
with the processor's caches full of the server's code, and each answer woke the thread that sends it: a fifth of the
processor time (docs/performance.md, "Decide").
"""

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Protocol

from checkout_widgets.edge import responses
from checkout_widgets.edge.endpoint import UNAVAILABLE, Postponed
from checkout_widgets.edge.responses import Answer

logger = logging.getLogger(__name__)

# More gain nothing, and the first of them would wait longer: eight take 0.3 ms.
MOST_IN_A_ROW = 8

Environ = dict[str, Any]
Begun = Answer | Postponed | None


class GranianProtocol(Protocol):
    """A request that waits for its answer; a second answer is ignored, and so is one to a client that has gone."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""


class DecidingThread:
    """Begins the answers of what is handed over, in its order, and goes on with each as with any other."""

    def __init__(
        self,
        begin: Callable[[Environ], Begun],
        go_on: Callable[[GranianProtocol, Environ, Begun], None],
    ) -> None:
        self.begin = begin
        self.go_on = go_on
        self.waiting: SimpleQueue[tuple[GranianProtocol, Environ]] = SimpleQueue()
        threading.Thread(target=self.run, name="edge-decisions", daemon=True).start()

    def hand_over(self, protocol: GranianProtocol, environ: Environ) -> None:
        """Have it decide; no more can wait than there are connections."""
        self.waiting.put((protocol, environ))

    def run(self) -> None:
        """Decide for as long as the process lives."""
        while True:
            self.decide([self.waiting.get(), *self.others_waiting()])

    def others_waiting(self) -> list[tuple[GranianProtocol, Environ]]:
        """Take what waits behind a request, without waiting for more."""
        others: list[tuple[GranianProtocol, Environ]] = []
        while len(others) < MOST_IN_A_ROW - 1 and not self.waiting.empty():  # nobody else takes any
            others.append(self.waiting.get_nowait())
        return others

    def decide(self, requests: list[tuple[GranianProtocol, Environ]]) -> None:
        """Decide all of these, then send their answers."""
        begun = []
        for _, environ in requests:
            begun.append(self.begun(environ))
        for (protocol, environ), answer in zip(requests, begun, strict=True):
            try:
                self.go_on(protocol, environ, answer)
            except Exception:  # the thread has to go on: nobody else decides
                logger.exception("%s could not be answered", environ["PATH_INFO"])

    def begun(self, environ: Environ) -> Begun:
        """Begin an answer; whatever fails, the sender is asked to come again."""
        try:
            return self.begin(environ)
        except Exception:
            logger.exception("%s failed", environ["PATH_INFO"])
            return responses.error_answer(UNAVAILABLE)
