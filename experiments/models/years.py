"""The years that a time may be in: others can be typed, and neither Python nor every time zone can read them back."""

from datetime import datetime

from django.core.exceptions import ValidationError

FIRST, LAST = 1970, 2999


def validate_year(at: datetime) -> None:
    """Raise ``ValidationError`` for a time that nobody means, such as the end of year 9999."""
    if not FIRST <= at.year <= LAST:
        raise ValidationError(f"Choose a time between the years {FIRST} and {LAST}.", code="year")
