"""All checks in their order; one that can't be made says why, and stops no other."""

from collections.abc import Callable, Iterable, Iterator

from django.db import Error, ProgrammingError

from config.database_trouble import in_one_line
from dashboard.operations.doctor.address_checks import check_addresses
from dashboard.operations.doctor.database_checks import check_database
from dashboard.operations.doctor.diagnosis import Diagnosis, problem
from dashboard.operations.doctor.event_checks import check_events
from dashboard.operations.doctor.outside_checks import check_outside
from dashboard.operations.doctor.settings_checks import check_settings
from dashboard.operations.doctor.sign_on_checks import check_single_sign_on
from dashboard.operations.doctor.store_checks import check_stores
from dashboard.operations.doctor.worker_checks import check_worker

CHECKS: dict[str, Callable[[], Iterable[Diagnosis]]] = {
    "Settings": check_settings,
    "Database": check_database,
    "Worker": check_worker,
    "Events": check_events,
    "Addresses": check_outside,
    "Single sign-on": check_single_sign_on,
    "Stores": check_stores,
    "Customers' addresses": check_addresses,
}


def examine() -> Iterator[Diagnosis]:
    """Make all checks. Asks the database, the mail server, the console and the edge; changes nothing."""
    is_database_away = False
    for name, check in CHECKS.items():
        if is_database_away and name not in {"Settings", "Addresses"}:
            continue
        try:
            yield from check()
        except ProgrammingError:
            continue  # a table is missing: the check of the migrations says so
        except Error as error:
            if not is_database_away:
                yield problem(name, in_one_line(error), "Start PostgreSQL, or correct DATABASE_URL.")
            is_database_away = True
