"""What the sums of days hold."""

from experiments.models import ExposureDay


def of_everybody(column: str) -> int:
    """A column of the only sum of everybody that is kept."""
    ((value,),) = ExposureDay.objects.filter(dimension="").values_list(column)
    return int(value)
