"""Report -> snapshot."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation

from experiments.analysis.changes import changes_of
from experiments.analysis.looks.plan_progress import PlanProgress
from experiments.models import Experiment, PersonLanguage, Snapshot
from experiments.report import Report
from experiments.snapshots.composition import ReportInputs, read_inputs, report_in_words, state_of
from experiments.written_words import Translation, differences


def take_snapshot(
    experiment: Experiment, *, is_look: bool = False, is_reread: bool = False, now: datetime | None = None
) -> Snapshot:
    """Analyse the experiment and store the report; ``Report.from_json`` reads it."""
    readings = read_inputs(experiment, now or timezone.now(), with_cuped=True)
    state = state_of(readings, is_look=is_look)
    # In English, also where somebody whose page is in another language had it made.
    with translation.override(settings.LANGUAGE_CODE):
        report = report_in_words(in_language_of_now(readings), state)
    return Snapshot.objects.create(
        experiment=experiment,
        translations=translations_of(report, readings, state),
        taken_at=report.taken_at,
        is_look=is_look,
        information_fraction=information_fraction(experiment, report),
        report=report.as_json(),
        method_version=report.method_version,
        is_reread=is_reread,
    )


def translations_of(report: Report, readings: ReportInputs, state: PlanProgress) -> dict[str, Translation]:
    """Return the report's sentences in the other languages that the store's members read, by code."""
    translations = {}
    for language in PersonLanguage.objects.of_members(readings.experiment.store_id):
        with translation.override(language):
            translated = report_in_words(in_language_of_now(readings), state)
        translations[language] = dict(differences(report.as_json(), translated.as_json()))
    return translations


def in_language_of_now(readings: ReportInputs) -> ReportInputs:
    """Return what was read, with what is in words already, the test's changes, in the language of now."""
    return replace(readings, changes=changes_of(readings.experiment))


def information_fraction(experiment: Experiment, report: Report) -> float | None:
    """Compute how much of the planned sample the smallest variant has, from 0 to 1; None without a plan."""
    if not experiment.planned_sample:
        return None
    fraction = report.plan.information_fraction
    # A report that shows no results yet says nothing of its plan.
    if fraction is None:
        fewest = min((variant.visitors for variant in report.variants), default=0)
        fraction = fewest / experiment.planned_sample
    # More than planned counts as all of it: the plan has no error left to use beyond.
    return min(1.0, fraction)
