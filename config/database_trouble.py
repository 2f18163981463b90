"""Tell a database that can't do its work for a while from a statement that is wrong, and log the former in one line."""

import logging

import psycopg
from django.db import InterfaceError, OperationalError

# PostgreSQL's classes of errors (appendix A of its manual): connections, resources such as disk space, intervention
# by the operator or a time limit, and input or output.
PASSING_CLASSES = frozenset({"08", "53", "57", "58"})
READ_ONLY = "25006"


def is_temporary(error: BaseException | None) -> bool:
    """Whether the same statement may succeed later, unchanged: the database is away, full, stopping or read-only.

    Takes errors of psycopg, Django's and procrastinate's, which have psycopg's as their cause.
    """
    cause = drivers_error(error)
    if cause is None:
        return isinstance(error, OperationalError | InterfaceError)
    if cause.sqlstate is None:  # not the server's words: it could not be asked
        return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
    return cause.sqlstate[:2] in PASSING_CLASSES or cause.sqlstate == READ_ONLY


def drivers_error(error: BaseException | None) -> psycopg.Error | None:
    """Return the error of psycopg that others were raised from."""
    while error is not None and not isinstance(error, psycopg.Error):
        error = error.__cause__
    return error


def in_one_line(error: BaseException) -> str:
    """Return what the database or its driver says, without line breaks."""
    return " ".join(str(drivers_error(error) or error).split())


class OneLine(logging.Filter):
    """Replaces the traceback of a database that can't work by what it says: no code would mend that."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, this one shortened."""
        if not isinstance(record.exc_info, tuple):
            return True
        error = record.exc_info[1]
        if error is not None and is_temporary(error):
            record.msg = f"{' '.join(record.getMessage().split())} (the database: {in_one_line(error)})"
            record.args = ()
            record.exc_info = record.exc_text = None
        return True
