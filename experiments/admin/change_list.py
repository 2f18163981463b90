"""Lists of the admin whose address can say anything."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest
from unfold.views import ChangeList


class LenientChangeList(ChangeList):  # type: ignore[misc]
    """Shows the whole list where the date that an address names is beyond what dates can be."""

    def get_filters(self, request: HttpRequest) -> Any:
        """Return the filters. Raises ``IncorrectLookupParameters``, which the admin answers with the whole list."""
        try:
            return super().get_filters(request)
        except (OverflowError, ValueError) as error:  # Django expects a ValueError of the first day, not of the last
            raise IncorrectLookupParameters(error) from error
