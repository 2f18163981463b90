"""What all endpoints share: methods, sizes, headers for pages of other origins, and refusals with a code.

An endpoint answers a WSGI environment. It is a Django view too, for the console, which serves everything; on the edge,
``application.py`` calls it without the rest of Django, which costs more than a decision does.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from checkout_widgets.edge import decision_counter, live_configuration, payloads, responses
from checkout_widgets.edge.call import Call
from checkout_widgets.edge.configuration import StoreConfiguration
from checkout_widgets.edge.responses import Answer, ApiError
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


class Endpoint:
    """A function that answers a ``Call`` with what is to be sent as JSON, made into an endpoint.

    ``method`` is the one that it takes; HEAD goes with GET. ``cache_control`` says who may keep its answers: by default
    nobody. Pages of stores may read what a public endpoint answers. Refusals are counted under ``source``, where one is
    given, for the store whose key it is, or else the one that ``store_of`` finds.
    """

    csrf_exempt = True

    def __init__(
        self,
        view: View,
        *,
        max_bytes: int,
        method: str = "POST",
        cache_control: str = "no-store",
        is_public: bool = True,
        source: str = "",
        has_queries: bool = True,
        store_of: Callable[[Call], StoreConfiguration | None] = named_store,
    ) -> None:
        self.view = view
        self.max_bytes = max_bytes
        self.method = method
        self.methods: tuple[str, ...] = (method,)
        if method == "GET":
            self.methods = ("GET", "HEAD")
        self.cache_control = cache_control
        self.is_public = is_public
        self.source = source
        self.has_queries = has_queries
        self.store_of = store_of

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as a Django view."""
        answer = self.answer(request.META)
        return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))

    def answer(self, environ: dict[str, Any]) -> Answer:
        """Answer a WSGI request; where something fails that may work later, the sender is asked to come again."""
        call = None
        try:
            call = Call(environ, live_configuration.current())
            answer = self.respond(call)
        except Exception as error:
            answer = responses.error_answer(failure(error, environ.get("PATH_INFO", "")))
        if call and self.is_public:
            let_pages_read(call, answer)
        return answer

    def respond(self, call: Call) -> Answer:
        """Return the view's answer, or its refusal. Raises what the view raises, if it isn't an ``ApiError``."""
        try:
            if call.environ["REQUEST_METHOD"] == "OPTIONS" and call.origin:
                return preflight(call, self.method)
            if call.environ["REQUEST_METHOD"] not in self.methods:
                raise ApiError(405, "method_not_allowed", f"Send this as {self.method}.", allowed=self.method)
            call.read(self.max_bytes)
            return responses.json_answer(self.view(call), cache_control=self.cache_control)
        except ApiError as error:
            return self.refuse(call, error)

    def refuse(self, call: Call, error: ApiError) -> Answer:
        """Return the refusal as an answer, counted where the store is known."""
        if self.source:
            self.count_refusal(call, error)
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
    """Make an ``Endpoint`` of a function; ``has_queries`` is False where it never asks the database."""
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
    answer.headers.append(("Vary", "Origin"))
    if call.may_be_read():
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
