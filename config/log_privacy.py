"""Keeps people out of the log: no addresses, no names, nothing of what is sent to them."""

import logging
import re
from typing import Any

from django.http import HttpRequest
from pythonjsonlogger.json import JsonFormatter

# Also as it stands in a URL, whose "@" is "%40".
ADDRESS = re.compile(r"[^\s@<>\"'(),;:=\\]+(?:@|%40)[^\s@<>\"'(),;:=\\]+\.[^\W\d_]{2,}")
SHOWN_OF_JOB = ("id", "task_name", "attempts", "queue", "status")


def unnamed_client(*_who: object, path_info: object = "", request: HttpRequest | None = None) -> str:
    """Return what django-axes calls a client that fails to sign in; its own table knows the name and the address."""
    return "a client"


class WithoutArguments(logging.Filter):
    """Takes the arguments of jobs out of what procrastinate logs: an e-mail's are its reader and its text."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, a job by its name and number alone."""
        job = getattr(record, "job", None)
        # A record passes here once for each handler; the first one leaves no call in it.
        if record.name.startswith("procrastinate") and isinstance(job, dict) and "call_string" in job:
            # The text has no arguments of its own to be filled in: procrastinate writes whole sentences.
            record.msg = str(record.msg).replace(job["call_string"], f"{job['task_name']}[{job['id']}]")
            record.job = shown_of(job)
        return True


def shown_of(job: dict[str, Any]) -> dict[str, Any]:
    """Return what the log may say of a job, which a log as JSON shows field by field."""
    return {name: job[name] for name in SHOWN_OF_JOB if name in job}


# The last line: no message is written with an address on purpose, but an exception's text may quote what was read.
def without_addresses(text: str) -> str:
    """Return a text with three dots in the place of each e-mail address."""
    return ADDRESS.sub("...", text)


class LineWithoutAddresses(logging.Formatter):
    """Writes a record as a line, with its traceback, without addresses."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return without_addresses(super().format(record))


class JsonWithoutAddresses(JsonFormatter):
    """Writes a record as JSON, with its traceback, without addresses."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the JSON."""
        return without_addresses(super().format(record))
