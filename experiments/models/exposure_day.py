"""What a day's exposures add up to, and which days have changed since."""

from django.db import models

from experiments.models.experiment import Experiment, Variant
from experiments.reading import sums


class ExposureDay(models.Model):
    """The sums of the visitors first exposed on one UTC day, by variant, dimension and value.

    Dimension "" is everybody; others are ``device``, ``country``, ``customer_type`` and the names in an exposure's
    ``segments``. Beside the fields below there is one column for each of ``sums.ALL_KEYS``, a whole number. Written by
    ``experiments.accounting.rollups`` alone; outdated while a ``TouchedDay`` says so.
    """

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="days", db_index=False)
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    dimension = models.TextField(blank=True)
    value = models.TextField(blank=True)
    visitors = models.BigIntegerField()
    conflicting = models.BigIntegerField()

    class Meta:
        constraints = (
            # also serves reports, which read an experiment's days, and the refresh of a day
            models.UniqueConstraint(
                fields=("experiment", "day", "dimension", "value", "variant"), name="one_sum_per_day_and_group"
            ),
            models.CheckConstraint(
                condition=models.Q(visitors__gt=0, conflicting__gte=0, conflicting__lte=models.F("visitors")),
                name="exposure_day_counts_visitors",
            ),
            models.CheckConstraint(
                condition=models.Q(dimension="", value="") | (~models.Q(dimension="") & ~models.Q(value="")),
                name="exposure_day_value_of_a_dimension",
            ),
        )

    def __str__(self) -> str:
        return f"{self.experiment_id} on {self.day} {self.dimension} {self.value}".rstrip()


for key in sums.ALL_KEYS:
    # room for the sum of a product of three amounts
    ExposureDay.add_to_class(sums.column(key), models.DecimalField(max_digits=100, decimal_places=0))


class TouchedDay(models.Model):
    """A day whose exposures changed after it was added up, noted by triggers in the transaction that changed them.

    Only ever inserted, so that writers never wait for one another; a day may be noted many times.
    """

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="touched_days", db_index=False, db_constraint=False
    )
    day = models.DateField()

    class Meta:
        # reports and the refresh: what is touched of an experiment
        indexes = (models.Index(fields=("experiment", "day"), name="touched_day"),)

    def __str__(self) -> str:
        return f"{self.experiment_id} on {self.day}"
