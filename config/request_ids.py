"""An id for each request, in its answer and in each line of the log, so that both can be found from each other.

A proxy may give the id (``X-Request-ID``, 32 hexadecimal digits); without one, django-guid makes one. Jobs have theirs
too. The endpoints of the edge don't go through Django's middleware: they name an id where something fails, and
nowhere else.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django_guid.context import guid
from django_guid.utils import generate_guid, validate_guid

HEADER = str(settings.DJANGO_GUID["GUID_HEADER_NAME"])
NO_REQUEST = "-"  # what a line of the log says where no request is answered


class WithRequestId(logging.Filter):
    """Adds the id of the request, or the job, that a line of the log belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, with its ``request_id``."""
        record.request_id = current() or NO_REQUEST
        return True


def current() -> str:
    """Return the id of the request that this thread answers; empty where it answers none."""
    return guid.get() or ""


def given_or_new(environ: dict[str, Any]) -> str:
    """Return the id that a proxy has given a WSGI request, or a new one."""
    given = str(environ.get("HTTP_X_REQUEST_ID", ""))
    if given.isascii() and validate_guid(given):
        return given
    return generate_guid()


@contextmanager
def logged_as(request_id: str) -> Iterator[None]:
    """Have the log name this id meanwhile."""
    token = guid.set(request_id)
    try:
        yield
    finally:
        guid.reset(token)


def name_job(run: Callable[[], Any], context: Any, worker: Any) -> Any:
    """Do a job, which the log names by its number: a middleware of procrastinate's tasks."""
    with logged_as(f"job-{context.job.id}"):
        return run()
