"""The years that a time may be in: others can be typed, and neither Python nor every time zone can read them back."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FIRST, LAST = 1970, 2999


def validate_year(at: date) -> None:
    """Raise ``ValidationError`` for a day or time that nobody means, such as the end of year 9999."""
    if not FIRST <= at.year <= LAST:
        raise ValidationError(
            _("Choose a time between the years %(first)s and %(last)s."),
            code="year",
            params={"first": FIRST, "last": LAST},
        )
