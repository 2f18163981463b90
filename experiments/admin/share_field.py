"""Shares in forms: people read and type percentages, rows hold fractions."""

from typing import Any

from django import forms


class ShareField(forms.FloatField):
    """A share as a percentage: 12.5 stands for 0.125. ``min_value`` and ``max_value`` are percentages too."""

    def prepare_value(self, value: Any) -> Any:
        """Show a stored share as a percentage, and what was typed as it was typed."""
        if isinstance(value, int | float):
            return in_percent(value)
        return value

    def clean(self, value: Any) -> float | None:
        """Return the share. Raises ``ValidationError``."""
        percentage: float | None = super().clean(value)
        if percentage is None:
            return None
        return percentage / 100

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return whether what was typed is another percentage than the stored share's."""
        if isinstance(initial, int | float):
            initial = float(in_percent(initial))
        return super().has_changed(initial, data)


def in_percent(share: float) -> str:
    """Return a share as a percentage without the last digits of binary fractions: ``7``, and not 7.000000000000001."""
    return f"{100 * share:.10g}"
