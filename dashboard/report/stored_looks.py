"""A treatment's looks: which of them decided, and where the report as it was then can be read."""

from dataclasses import replace

from dashboard.report.choices import Choices
from experiments.models import Experiment
from experiments.report import Look, Report
from experiments.report.selection import first_of_variant, of_variant


def looks_with_addresses(
    experiment: Experiment, report: Report, choices: Choices, treatment: str
) -> list[tuple[Look, str]]:
    """Return the treatment's looks, each with the address of the report as it was then; empty where none is stored."""
    stored = dict(experiment.snapshots.filter(is_look=True).values_list("taken_at", "pk"))
    looks = []
    for look in of_variant(report.plan.looks, treatment):
        address = ""
        if look.taken_at in stored:
            address = replace(choices, look=stored[look.taken_at]).query
        looks.append((look, address))
    return looks


def deciding_look(report: Report, treatment: str) -> Look | None:
    """Return the look at which the treatment crossed its bound; None where it hasn't."""
    crossing = first_of_variant(report.plan.crossings, treatment)
    if crossing is None:
        return None
    looks = of_variant(report.plan.looks, treatment)
    return next((look for look in looks if look.number == crossing.number), None)
