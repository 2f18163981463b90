"""What all endpoints share: methods, sizes, headers for pages of other origins, and refusals with a code.

An endpoint answers a WSGI environment. It is a Django view too, for the console, which serves everything; on the edge,
``application.py`` calls it without the rest of Django, which costs more than a decision does.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import Any, ClassVar, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from checkout_widgets.edge import decision_counter, live_configuration, payloads, responses
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.configuration import StoreConfiguration
from checkout_widgets.edge.responses import Answer, ApiError
from config import request_ids
from config.database_trouble import in_one_line, is_temporary
from experiments import refused_values
from experiments.accounting import ingestion

logger = logging.getLogger(__name__)

UNAVAILABLE = ApiError(503, "unavailable", "Try again in a moment.", retry_after_s=5)
UNSTORABLE = ApiError(400, "bad_field", "A field has a value that can't be stored.", field="")
View = Callable[[Call], Any]


def named_store(call: Call) -> StoreConfiguration | None:
    """Return the store that the body names, even where the rest of it can't be read."""
    try:
        return call.configuration.by_site_key.get(call.decode(payloads.keyed).key)
    except ApiError:
        return None


@dataclass(eq=False)
class Endpoint:
    """A function that answers a ``Call`` with what is to be sent as JSON, made into an endpoint.

    ``method`` is the one that it takes; HEAD goes with GET. ``cache_control`` says who may keep its answers: by default
    nobody. Pages of stores may read what a public endpoint answers. Refusals are counted under ``source``, where one is
    given, for the store whose key it is, or else the one that ``store_of`` finds. ``has_queries`` is False where the
    view never asks the database.
    """

    view: View
    _: KW_ONLY
    max_bytes: int
    method: str = "POST"
    cache_control: str = "no-store"
    is_public: bool = True
    source: str = ""
    has_queries: bool = True
    store_of: Callable[[Call], StoreConfiguration | None] = named_store

    csrf_exempt: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Work out what every call asks for."""
        self.methods: tuple[str, ...] = (self.method,)
        if self.method == "GET":
            self.methods = ("GET", "HEAD")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as a Django view."""
        answer = self.answer(request.META)
        return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))

    def answer(self, environ: dict[str, Any]) -> Answer:
        """Answer a WSGI request, in this thread."""
        begun = self.begin(environ)
        if isinstance(begun, Postponed):
            return begun.finish()
        return begun

    def begin(self, environ: dict[str, Any]) -> "Answer | Postponed":
        """Answer a WSGI request that needs no database; of any other take the body, and leave the rest for later."""
        try:
            call = Call(environ, live_configuration.current())
        except Exception as error:
            return failed(error, environ)
        if self.has_queries and not is_preflight(call):
            # Read here: whoever sends slowly holds none of the few threads that ask the database. What is wrong with
            # the body is said later, where a refusal can be counted.
            with suppress(ApiError):
                call.read(self.max_bytes)
            return Postponed(self, call, self.view)
        return self.finish(call, self.view)

    def finish(self, call: Call, view: View) -> "Answer | Postponed":
        """Answer a call by its view; where something fails that may work later, the sender is asked to come again."""
        try:
            if call.environ["REQUEST_METHOD"] in self.methods:
                call.read(self.max_bytes)
                answer = responses.json_answer(view(call), cache_control=self.cache_control)
            else:
                answer = self.answer_other_method(call)
        except NeedsDatabase as need:
            return Postponed(self, call, need.view)
        except Exception as error:
            answer = self.answer_error(call, error)
        if self.is_public:
            let_pages_read(call, answer)
        return answer

    def answer_other_method(self, call: Call) -> Answer:
        """Answer whether a page may call, where a browser asks that first. Raises ``ApiError`` of any other method."""
        if is_preflight(call):
            return preflight(call, self.method)
        raise ApiError(405, "method_not_allowed", f"Send this as {self.method}.", allowed=self.method)

    def answer_error(self, call: Call, error: Exception) -> Answer:
        """Answer what the view raised; a refusal is counted where the store is known."""
        if not isinstance(error, ApiError):
            return failed(error, call.environ)
        try:
            if self.source:
                self.count_refusal(call, error)
        except Exception as second_error:  # it can't be counted: the sender is asked to come again
            return failed(second_error, call.environ)
        return responses.error_answer(error)

    def count_refusal(self, call: Call, error: ApiError) -> None:
        """Count the refusal for its store: in memory where an endpoint never asks the database."""
        store = call.store or self.store_of(call)
        if store is None:
            return
        if self.has_queries:
            ingestion.count_rejections(store.id, self.source, [error.code], call.now)
        else:
            decision_counter.current().refuse(store.id, error.code, call.now)


class Postponed(NamedTuple):
    """The rest of an answer, which asks the database: threads that decide leave it to others."""

    endpoint: Endpoint
    call: Call
    view: View

    def finish(self) -> Answer:
        """Return the answer."""
        answer = self.endpoint.finish(self.call, self.view)
        assert isinstance(answer, Answer), "a view that has waited for the database may ask it"
        return answer

    def put_off(self) -> Answer:
        """Ask the sender to come again, as too many wait already."""
        answer = responses.error_answer(UNAVAILABLE)
        if self.endpoint.is_public:
            let_pages_read(self.call, answer)
        return answer


class NeedsDatabase(Exception):
    """What a view raises that asks the database for a few of its calls: the view that goes on where that may be."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.view = view


def is_preflight(call: Call) -> bool:
    """Return whether a browser asks if a page may call."""
    return call.environ["REQUEST_METHOD"] == "OPTIONS" and bool(call.origin)


def failed(error: Exception, environ: dict[str, Any]) -> Answer:
    """Return the answer to a request that failed where nobody expected it, with the id that the log has for it."""
    request_id = request_ids.given_or_new(environ)
    with request_ids.logged_as(request_id):
        answer = responses.error_answer(failure(error, environ.get("PATH_INFO", "")))
    answer.headers.append((request_ids.HEADER, request_id))
    return answer


def failure(error: Exception, path: str) -> ApiError:
    """Return the answer to a call that failed where nobody expected it.

    Values that the database refuses are the sender's, and stay refused. What else went wrong may be over soon.
    """
    if isinstance(error, live_configuration.NoConfiguration):  # the thread that waits for one has logged it
        return UNAVAILABLE
    if is_temporary(error):
        logger.warning("The database did not answer: %s", in_one_line(error))
        return UNAVAILABLE
    if refused_values.is_permanent(error):
        logger.warning("%s was sent a value that can't be stored: %s", path, refused_values.name_of(error))
        return UNSTORABLE
    logger.error("%s failed", path, exc_info=error)
    return UNAVAILABLE


def endpoint(
    *,
    max_bytes: int,
    method: str = "POST",
    cache_control: str = "no-store",
    is_public: bool = True,
    source: str = "",
    has_queries: bool = True,
) -> Callable[[View], Endpoint]:
    """Make an ``Endpoint`` of a function, with its fields."""
    return partial(
        Endpoint,
        max_bytes=max_bytes,
        method=method,
        cache_control=cache_control,
        is_public=is_public,
        source=source,
        has_queries=has_queries,
    )


def let_pages_read(call: Call, answer: Answer) -> None:
    """Add the headers of cross-origin requests (Fetch standard, section 3.3)."""
    answer.headers.append(responses.VARIES_BY_ORIGIN)
    if call.has_allowed_origin or (call.origin and call.may_be_read()):
        answer.headers.append(("Access-Control-Allow-Origin", call.environ["HTTP_ORIGIN"]))


def preflight(call: Call, method: str) -> Answer:
    """Answer whether a page of this origin may call: yes, where any store allows it. Raises ``ApiError``."""
    if not call.may_be_read():
        raise ApiError(403, "bad_origin", "No store allows calls from this origin.")
    return responses.preflight_answer(method)


@csrf_exempt
def not_found(request: HttpRequest, path: str) -> HttpResponse:
    """Answer any address below ``/v1/`` that is none of ours."""
    answer = responses.error_answer(ApiError(404, "not_found", f"There is nothing at /v1/{path}."))
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
