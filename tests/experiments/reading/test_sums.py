"""What is added up of exposures, against the columns that keep it."""

from django.db import models

from experiments.models import ExposureDay
from experiments.reading import sums

GROUP = {"id", "experiment", "variant", "day", "dimension", "value", "visitors", "conflicting"}


def test_every_sum_has_a_column_of_its_own_and_no_column_is_left_over():
    kept = {field.name for field in ExposureDay._meta.get_fields() if isinstance(field, models.DecimalField)}
    assert kept == {sums.column(key) for key in sums.ALL_KEYS}
    assert {field.name for field in ExposureDay._meta.get_fields()} - kept == GROUP
    assert len(kept) == 57
