"""A part of a test's visitors by the read API: what is asked for, and what is sent."""

from datetime import datetime
from typing import Any

import msgspec
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError

from experiments.models import Experiment
from experiments.reading.parts import TooManyToReadError
from experiments.snapshots.part_reports import PartQuery, part_view


def segment_field() -> serializers.RegexField:
    """Return a field for a segment, as it is: a value may begin or end with a space."""
    return serializers.RegexField(r"^[a-z_]+:.+$", required=False, max_length=100, trim_whitespace=False)


class PartFilter(serializers.Serializer[Any]):
    """Which part: a segment as ``device:phone``, a second one in ``and``, and days of exposure."""

    segment = segment_field()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the parameters whose names are Python's own."""
        fields = super().get_fields()
        fields["and"] = segment_field()
        fields["from"] = serializers.DateField(required=False)
        fields["to"] = serializers.DateField(required=False)
        return fields


def part_to_send(experiment: Experiment, asked: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Return the part as JSON; raises ``NotFound`` where nobody is in it, ``ValidationError`` where it is too large."""
    pairs = []
    for name in ("segment", "and"):
        dimension, between, value = asked.get(name, "").partition(":")
        if between:
            pairs.append((dimension, value))
    try:
        view = part_view(experiment, PartQuery(tuple(pairs), asked.get("from"), asked.get("to")), now)
    except TooManyToReadError as error:
        raise ValidationError(
            {"from": [f"Two segments at once are read from exposures: choose days with fewer than {error.visitors}."]}
        ) from error
    if view.report is None:
        raise NotFound("Nobody is in this part, or it is the whole test: name a segment that it has, or days.")
    # A page leaves out what nobody has; whoever reads by program would take other visitors for these.
    missing = [f"{dimension}:{value}" for dimension, value in pairs if (dimension, value) not in view.report.segments]
    if missing:
        raise NotFound(f"No visitor of the test has {', '.join(missing)}: the report's segments list what there is.")
    sent: dict[str, Any] = msgspec.to_builtins(view.report)
    return sent
