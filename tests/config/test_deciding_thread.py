"""The thread that decides: in order, several in a row, whatever fails."""

import threading
from typing import Any

import pytest

from checkout_widgets.edge.responses import json_answer
from config.deciding_thread import MOST_IN_A_ROW, DecidingThread

WITHIN_S = 5.0


class Client:
    """Who waits for an answer."""

    def __init__(self) -> None:
        self.status = 0
        self.is_answered = threading.Event()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.is_answered.set()


def go_on(protocol: Any, environ: Any, begun: Any) -> None:
    if environ.get("cannot_be_sent"):
        raise ValueError("a header that is none")
    protocol.response_bytes(begun.status, begun.headers, begun.body)


def test_deciding_thread_decides_what_waits_in_order_and_answers_a_few_at_once():
    may_begin, decided, clients = threading.Event(), [], [Client() for _ in range(MOST_IN_A_ROW + 3)]
    answered_before: list[int] = []

    def begin(environ: Any) -> Any:
        assert may_begin.wait(WITHIN_S)
        decided.append((environ["number"], threading.current_thread().name))
        answered_before.append(sum(client.is_answered.is_set() for client in clients))
        return json_answer({})

    thread = DecidingThread(begin, go_on)
    for number, client in enumerate(clients):
        thread.hand_over(client, {"PATH_INFO": "/v1/decide", "number": number})
    may_begin.set()
    assert all(client.is_answered.wait(WITHIN_S) for client in clients)
    assert decided == [(number, "edge-decisions") for number in range(len(clients))]
    # the first may have been taken before another was there; no more than so many wait for one another
    waves = sorted(set(answered_before))
    assert 2 <= len(waves) <= 3
    assert max(answered_before.count(wave) for wave in waves) <= MOST_IN_A_ROW


@pytest.mark.parametrize("fault", ["begin", "cannot_be_sent"])
def test_deciding_thread_goes_on_after_a_failure(fault, caplog):
    def begin(environ: Any) -> Any:
        if environ.get("begin"):
            raise RuntimeError("a fault of ours")
        return json_answer({})

    thread, failing, following = DecidingThread(begin, go_on), Client(), Client()
    thread.hand_over(failing, {"PATH_INFO": "/v1/decide", fault: True})
    thread.hand_over(following, {"PATH_INFO": "/v1/decide"})
    assert following.is_answered.wait(WITHIN_S)
    assert following.status == 200
    assert failing.status == {"begin": 503, "cannot_be_sent": 0}[fault]
    assert "/v1/decide" in caplog.text
