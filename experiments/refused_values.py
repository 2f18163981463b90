"""What the database refuses for good, told apart from what only comes at a bad time."""

from django.db import DataError, IntegrityError
from psycopg.errors import CheckViolation, NotNullViolation


def is_permanent(error: BaseException | None) -> bool:
    """Whether the database refuses the values themselves, so that asking again can't help.

    Other violations of integrity may come of two writers at once, and then the next attempt sees what the other wrote.
    """
    if isinstance(error, DataError):
        return True
    return isinstance(error, IntegrityError) and isinstance(error.__cause__, CheckViolation | NotNullViolation)


def name_of(error: BaseException) -> str:
    """What the database calls it, such as ``NumericValueOutOfRange``: its message may quote the values."""
    return type(error.__cause__ or error).__name__


def reason(error: BaseException) -> str:
    """What the database says of it, without the details, which quote the whole row with its visitor."""
    return str(error).partition("\n")[0]
