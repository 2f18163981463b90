"""Which errors of a database pass by themselves, and that these are logged in one line."""

import logging
import sys

import psycopg
import pytest
from django.db import DataError, InterfaceError, InternalError, OperationalError, connection, transaction
from procrastinate.exceptions import ConnectorException
from psycopg import errors

from config.database_trouble import OneLine, in_one_line, is_temporary


def raised_from(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        psycopg.OperationalError("connection refused"),
        psycopg.InterfaceError("the connection is closed"),
        errors.AdminShutdown(),
        errors.CannotConnectNow(),
        errors.DiskFull(),
        errors.QueryCanceled(),
        raised_from(InternalError(), errors.ReadOnlySqlTransaction()),
        raised_from(OperationalError(), errors.TooManyConnections()),
        raised_from(ConnectorException("Database error."), psycopg.OperationalError("away")),
        OperationalError("away"),
        InterfaceError("closed"),
    ],
)
def test_is_passing_database_away_full_stopping_or_read_only(error):
    assert is_temporary(error)


@pytest.mark.parametrize(
    "error",
    [
        errors.UniqueViolation(),
        errors.NumericValueOutOfRange(),
        errors.UndefinedColumn(),
        errors.DeadlockDetected(),
        raised_from(DataError(), errors.DatetimeFieldOverflow()),
        ValueError("no database"),
        None,
    ],
)
def test_is_passing_statement_that_is_wrong_is_not(error):
    assert not is_temporary(error)


def test_in_one_line_is_what_the_driver_says():
    error = raised_from(ConnectorException("\n    Database error.\n"), psycopg.OperationalError("refused\n\tIs it on?"))
    assert in_one_line(error) == "refused Is it on?"


def logged(error: Exception) -> logging.LogRecord:
    try:
        raise error
    except Exception:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "Page %s\n failed", ("/tests/",), sys.exc_info())
    assert OneLine().filter(record)
    return record


def test_one_line_takes_the_traceback_of_a_database_that_is_away():
    text = logging.Formatter().format(logged(psycopg.OperationalError("refused")))
    assert text == "Page /tests/ failed (the database: refused)"


def test_one_line_leaves_the_traceback_of_a_mistake():
    assert "Traceback" in logging.Formatter().format(logged(ValueError("mistake")))


def run(statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statements)


@pytest.mark.django_db
def test_is_passing_transaction_that_is_read_only():
    statements = "SET TRANSACTION READ ONLY; CREATE TABLE anything (id int)"
    with pytest.raises(InternalError) as refused:
        run(statements)
    assert is_temporary(refused.value)
