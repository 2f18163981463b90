"""Asks the edge the questions at the times that they name, and sums each answer up in a digest."""

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, tzinfo
from hashlib import sha256
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.core import signing
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from checkout_widgets.edge import decide, decision_counter, live_configuration, parts
from checkout_widgets.edge.application import EdgeApplication
from checkout_widgets.edge.previews import requests
from checkout_widgets.edge.urls import urlpatterns
from experiments.models import DecisionDay, DecisionSample, Rejection, Variant
from tests.checkout_widgets.edge.recorded import questions
from tests.checkout_widgets.edge.recorded.questions import NUMBER, Question, question

FILE = Path(__file__).parents[3] / "data" / "decisions" / "answers.txt"
DIGITS = 16  # of a digest in hexadecimal: a chance of 1 in 10^19 that a wrong answer has the right one
SETTINGS = {
    "SECRET_KEY": "signs-the-tokens-of-the-recorded-answers-and-nothing-else",
    "SECRET_KEY_FALLBACKS": [],
    "ALLOWED_HOSTS": ["edge.example"],
    "EDGE_PROXIES": 0,
}


class Clock:
    """What everything that decides takes for the time."""

    def __init__(self) -> None:
        self.at = questions.TIMES[0]

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Let the edge and what signs previews ask this clock."""
        clock = self

        class QuestionTime(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
                return clock.at

        with (
            patch("checkout_widgets.edge.call.datetime", QuestionTime),
            patch("django.core.signing.time", SimpleNamespace(time=lambda: clock.at.timestamp())),
        ):
            yield


@contextmanager
def same_in_every_run() -> Iterator[Clock]:
    """Hold still what differs between runs: keys, time, new visitors' ids, and the snippet's own bytes."""
    clock, ids = Clock(), count()
    script = SimpleNamespace(digest="0123456789abcdef", integrity="sha384-recorded")
    with ExitStack() as stack:
        stack.enter_context(override_settings(**SETTINGS))
        stack.enter_context(clock.kept())
        stack.enter_context(patch.object(decide, "new_visitor_id", lambda: f"v_{next(ids):016x}"))
        stack.enter_context(patch.object(parts, "bundle", lambda name: script))
        # it would close the connection whose transaction has the stores
        stack.enter_context(patch("checkout_widgets.edge.application.close_old_connections"))
        stack.callback(parts.encoded.cache_clear)
        parts.encoded.cache_clear()
        live_configuration.forget()
        decision_counter.forget()  # what a test before has counted, and not yet written down
        yield clock


def answers_to(number_of_questions: int = NUMBER) -> Iterator[bytes]:
    """Ask the first questions, and yield what is sent: status, headers in order of their names, and body."""
    with same_in_every_run() as clock:
        application = EdgeApplication(urlpatterns, WSGIHandler())
        live_configuration.refresh()
        for number in range(number_of_questions):
            asked = question(number)
            clock.at = asked.at
            if number % 20 == 5:
                asked = with_preview(asked, number)
            yield answer(application, asked)


def with_preview(asked: Question, number: int) -> Question:
    """Return the question as one for a preview: of each variant in turn, some by a link that is not valid."""
    variants = list(Variant.objects.order_by("pk").select_related("experiment"))
    variant = variants[number % len(variants)]
    body = json.loads(asked.body)
    store_id = variant.experiment.store_id
    if number % 7:
        body["key"] = variant.experiment.store.site_key
    token = signing.dumps([store_id, variant.experiment_id, variant.pk + (number % 11 == 0)], salt=requests.SALT)
    if number % 13 == 0:
        token = token[:-1]
    body["preview"] = token
    body["moments"] = [variant.experiment.moment, *body["moments"]]
    return asked._replace(body=json.dumps(body).encode())


def answer(application: EdgeApplication, asked: Question) -> bytes:
    """Send one question, as a WSGI server would."""
    sent: list[Any] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/v1/decide",
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "edge.example",
        "SERVER_PORT": "80",
        "CONTENT_LENGTH": str(len(asked.body)),
        "wsgi.input": io.BytesIO(asked.body),
        "wsgi.url_scheme": "http",
    }
    content = b"".join(application(environ | asked.environ, lambda status, headers: sent.extend((status, headers))))
    status, headers = sent
    return json.dumps([status, sorted(headers)]).encode() + content


def counted() -> Iterator[bytes]:
    """Write down what was counted of the questions, and yield its rows: counts, refusals, and contexts."""
    decision_counter.current().flush()
    days = DecisionDay.objects.order_by("store", "day", "moment", "experiment", "reason")
    fields = ("store", "day", "moment", "experiment", "reason", "count", "first_at", "last_at")
    yield repr(list(days.values_list(*fields))).encode()
    refused = Rejection.objects.order_by("store", "source", "code", "day").values_list(
        "store", "source", "code", "count"
    )
    yield repr(list(refused)).encode()
    contexts = []
    for store, moment, day, context in DecisionSample.objects.values_list("store", "moment", "day", "context"):
        lists = {name: sorted(value) for name, value in context.items() if isinstance(value, list)}
        contexts.append(json.dumps([store, moment, str(day), context | lists], sort_keys=True))
    yield "\n".join(sorted(contexts)).encode()


def digest(content: bytes) -> str:
    """Return the beginning of the SHA-256."""
    return sha256(content).hexdigest()[:DIGITS]
