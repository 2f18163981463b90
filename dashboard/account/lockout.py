"""How often logging in may fail: for one name from one address, and for all names from that address together."""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest

# More than one name's limit, so that people who share an address don't lock each other out; few enough to try no list.
FAILURES_OF_ADDRESS = 50


class LockoutHandler(AxesDatabaseHandler):  # type: ignore[misc]
    """Counts failures by name and address, and by address alone with a limit of its own."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """How often the name failed; at least ``AXES_FAILURE_LIMIT`` once the address has had its own number."""
        by_name, by_address = self.get_user_attempts(request, credentials)
        failures = self.sum_of(by_name)
        if self.sum_of(by_address) >= FAILURES_OF_ADDRESS:
            return max(failures, settings.AXES_FAILURE_LIMIT)
        return failures

    @staticmethod
    def sum_of(attempts: QuerySet[Any]) -> int:
        """How many failures these rows count."""
        return sum(attempts.values_list("failures_since_start", flat=True))

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Forget the name's failures alone: else who has an account could clear an address of what it tried."""
        by_name = self.filter_user_attempts(request, credentials)[0]
        return int(by_name.delete()[0])
