"""The published configuration over HTTP, for edges on other machines: HTTP only, and no query."""

from functools import cache
from hmac import compare_digest
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from checkout_widgets.edge.publication.folder import ConfigurationFolder, IndexFile, Unreadable
from checkout_widgets.edge.publication.index import INDEX_NAME, digest_of

NEWEST = "private, no-cache"  # kept, and asked for each time
FOREVER = "private, max-age=31536000, immutable"
REFUSED = "The edge's key is missing or wrong. Send one of EDGE_KEYS as a bearer token.\n"
UNPUBLISHED = "Nothing is published yet. Start the worker with the same EDGE_KEYS and CONFIGURATION_FOLDER.\n"


class ServedIndex:
    """The index as it was last read, to be read again where the file is another one."""

    def __init__(self, folder: ConfigurationFolder) -> None:
        self.folder = folder
        self.file: IndexFile | None = None
        self.tag = ""

    def newest(self) -> tuple[bytes, str]:
        """Return the index and its entity tag. Raises ``Unreadable``."""
        known = self.file.etag if self.file else ""
        file = self.folder.read_index(known)
        if file is not None:
            self.file, self.tag = file, quoted(digest_of(file.sealed))
        assert self.file is not None  # None is only said of a file that was read before
        return self.file.sealed, self.tag


@cache
def served_index(path: Path) -> ServedIndex:
    """Return what this process serves of a folder."""
    return ServedIndex(ConfigurationFolder(path))


@require_safe
def published(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with a file of the published configuration, or 304; nothing (404) where no key is set."""
    if not settings.EDGE_KEYS:
        raise Http404("No edge key is set.")
    if not has_edge_key(request):
        return plain(REFUSED, 401, {"WWW-Authenticate": "Bearer"})
    try:
        content, tag, lifetime = file_of(name)
    except Unreadable:
        if name == INDEX_NAME:
            return plain(UNPUBLISHED, 503, {"Retry-After": "5"})
        raise Http404("There is no document of that name.") from None
    response = HttpResponse(content, content_type="application/octet-stream")
    response["ETag"] = tag
    response["Cache-Control"] = lifetime
    response["X-Content-Type-Options"] = "nosniff"
    conditional = get_conditional_response(request, tag, None, response)
    assert isinstance(conditional, HttpResponse)
    return conditional


def has_edge_key(request: HttpRequest) -> bool:
    """Return whether the request carries one of the edges' keys; it takes the same time whichever it carries."""
    scheme, _blank, given = request.headers.get("authorization", "").partition(" ")
    matches = 0
    for key in settings.EDGE_KEYS:
        matches += compare_digest(given.strip().encode(), key.encode())
    return scheme.lower() == "bearer" and matches > 0


def file_of(name: str) -> tuple[bytes, str, str]:
    """Return the file, its entity tag, and who may keep it for how long. Raises ``Unreadable``."""
    index = served_index(settings.CONFIGURATION_FOLDER)
    if name == INDEX_NAME:
        return *index.newest(), NEWEST
    return index.folder.read_document(name), quoted(name.rpartition("-")[2]), FOREVER


def quoted(text: str) -> str:
    """Return an entity tag."""
    return f'"{text}"'


def plain(text: str, status: int, headers: dict[str, str]) -> HttpResponse:
    """Return an answer in words, for whoever sets an edge up."""
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8", headers=headers)
