"""In which language an answer is written: pages in the reader's, what programs and shoppers ask for in English."""

from collections.abc import Awaitable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

SESSION_LANGUAGE = "language"  # in a session: the one that its user has chosen, empty for the browser's
NOT_FOR_READERS = ("/v1/", "/s/", "/stage/v1/", "/api/", "/healthz", "/metrics", "/demo/")
FILES = (".csv", ".json")  # exports, which programs read


class ReaderLanguage(LocaleMiddleware):
    """Pages follow the language that their reader has chosen, else the browser's.

    Addresses ``NOT_FOR_READERS`` and ``FILES`` don't, nor do caches keep them by it.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer, written in the language of who asks."""
        address = request.path_info
        if not address.startswith(NOT_FOR_READERS) and not address.endswith(FILES):
            return super().__call__(request)
        # A thread keeps the language of the page before: without this an API would answer in it.
        with translation.override(settings.LANGUAGE_CODE):
            return self.get_response(request)

    def process_request(self, request: HttpRequest) -> None:
        """Choose the language of the page."""
        super().process_request(request)
        # Without a cookie there is no session, and shoppers' pages needn't differ by cookies.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return
        chosen = request.session.get(SESSION_LANGUAGE, "")
        if chosen in dict(settings.LANGUAGES):
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
