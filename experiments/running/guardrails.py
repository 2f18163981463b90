"""Watches running tests every hour: harm beyond chance pauses a test, a wrong split of visitors is reported.

Each rule is always-valid, so that looking every hour costs nothing. Nothing is said on the first day, nor below 100
buyers in a variant. A breach is acted on once: who resumes the test after it has decided to go on.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from django.utils import translation
from django.utils.translation import gettext as _

from experiments import audit, formatting, snapshots, wording
from experiments.analysis.effects import anytime_effect, guardrail_of
from experiments.in_sentences import mid_sentence
from experiments.models import AuditAction, AuditEntry, EventType, Experiment, Metric, Source, Status
from experiments.report import FunnelRow, Guardrail, Range, Report
from experiments.running import lifecycle
from experiments.running.harm_counts import harm_counts
from experiments.statistics import Proportion, compare_proportions, confidence_sequence
from experiments.unit_words import in_words_of
from experiments.written_words import WrittenSentence, in_each_language, other_languages

logger = logging.getLogger(__name__)

ACTOR = "guardrail"
FIRST_DAY = timedelta(days=1)
BUYERS_NEEDED = 100  # in each variant: with fewer, one lost order looks like harm
REFUND_MARGIN = 0.01  # buyers who got money back: one in a hundred more than control's
TECHNICAL_MARGIN = 0.01  # visitors with an error, or who were skipped: one in a hundred more than control's
PLANNED_VISITORS = 10_000  # per variant, where the plan names none
Texts = defaultdict[tuple[str, str], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Breach:
    """A guardrail that a treatment has crossed beyond chance; ``text`` says by how much."""

    metric: str
    variant: str
    text: str


def newest_acts(experiments: Collection[Experiment]) -> dict[int | None, AuditEntry]:
    """Return by test what happened last between it and its guardrails: crossed, paused, or resumed."""
    actions = (AuditAction.PAUSED, AuditAction.RESUMED, AuditAction.GUARDRAIL)
    entries = AuditEntry.objects.filter(experiment__in=experiments, action__in=actions)
    # DISTINCT ON: one entry for each test in one query, whatever the length of their trails
    newest = entries.order_by("experiment_id", "-at", "-pk").distinct("experiment_id")
    by_test = {}
    for entry in newest:
        by_test[entry.experiment_id] = entry
    return by_test


def why_paused(experiment: Experiment) -> str:
    """Return what made a guardrail pause the test; nothing where a person did, or it isn't paused."""
    if experiment.status != Status.PAUSED:
        return ""
    act = newest_acts([experiment]).get(experiment.pk)
    if act is None or act.action != AuditAction.PAUSED or act.actor != ACTOR:
        return ""
    return act.reason_to_read


def watch_all(now: datetime) -> int:
    """Watch every running test, and return how many were paused; one that can't be analyzed costs no other its turn."""
    running = Experiment.objects.running().filter(source=Source.LIVE).select_related("store").order_by("pk")
    paused = 0
    for experiment in running:
        if pause_if_harmed(experiment, now):
            paused += 1
    return paused


def pause_if_harmed(experiment: Experiment, now: datetime) -> bool:
    """Watch one test, and return whether that has paused it."""
    try:
        return act_on_figures(experiment, now)
    except Exception:  # whatever is wrong with one test's data, the others are watched all the same
        logger.exception("The guardrails of %s can't be watched", experiment.key)
        return False


def act_on_figures(experiment: Experiment, now: datetime) -> bool:
    """Act on what the figures say: pause on harm, else take the next step of the ramp plan when it is due."""
    report = snapshots.analyse(experiment, with_cuped=False, is_watch=True, now=now)
    is_split_broken = note_sample_ratio(experiment, report, now)
    found = breaches(experiment, report, now)
    new = [breach for breach in found if not is_known(experiment, AuditAction.GUARDRAIL, breach)]
    if new:
        texts = texts_in_other_languages(experiment, now)
        for breach in new:
            sentence = WrittenSentence(breach.text, texts[breach.metric, breach.variant])
            note_breach(experiment, AuditAction.GUARDRAIL, breach, sentence=sentence, now=now)
        # what was known before doesn't pause: somebody has resumed the test in spite of it
        if experiment.is_pausing_on_harm:
            lifecycle.pause(experiment=experiment, actor=ACTOR, reason=all_of(new, texts))
            return True
    if not found and not is_split_broken:
        lifecycle.step_ramp(experiment=experiment, now=now)
    return False


def texts_in_other_languages(experiment: Experiment, now: datetime) -> Texts:
    """Return what was found by metric and variant: in each language but English, by code.

    Analyzed anew, as a report's labels are in one language. That is rare: once for each breach.
    """
    texts: Texts = defaultdict(dict)
    for language in other_languages():
        with translation.override(language):
            report = snapshots.analyse(experiment, with_cuped=False, is_watch=True, now=now)
            for breach in breaches(experiment, report, now):
                texts[breach.metric, breach.variant][language] = breach.text
    return texts


def all_of(found: Collection[Breach], texts: Texts) -> WrittenSentence:
    """Return the sentences about several breaches as one text, in each language."""
    translations = {}
    for language in other_languages():
        written = [texts[breach.metric, breach.variant].get(language, breach.text) for breach in found]
        translations[language] = " ".join(written)
    return WrittenSentence(" ".join(breach.text for breach in found), translations)


def note_sample_ratio(experiment: Experiment, report: Report, now: datetime) -> bool:
    """Note once if visitors aren't split as planned, and return whether that is so."""
    check = report.health.sample_ratio
    # the same as the verdict's, so that none acts on what the other doesn't see
    if not check.is_alarming or check.corrected_p_value is None:
        return False
    sentence = in_each_language(partial(split_in_words, experiment, check.corrected_p_value))
    breach = Breach("sample_ratio", "", sentence.english)
    if not is_known(experiment, AuditAction.SAMPLE_RATIO, breach):
        note_breach(experiment, AuditAction.SAMPLE_RATIO, breach, sentence=sentence, now=now)
    return True


def split_in_words(experiment: Experiment, p_value: float) -> str:
    """Say that visitors aren't split as planned."""
    text = _("Visitors are not split as planned (p %(p_value)s): find the cause before you use the results.")
    return in_words_of(experiment, text % {"p_value": formatting.p_value(p_value)})


def breaches(experiment: Experiment, report: Report, now: datetime) -> list[Breach]:
    """Return the guardrails that are crossed; none while it is too early to say."""
    first = report.first_exposed_at
    fewest_buyers = min((variant.buyers for variant in report.variants), default=0)
    if first is None or now - first < FIRST_DAY or fewest_buyers < BUYERS_NEEDED:
        return []
    technical = technical_breaches(experiment, report)
    return [*metric_breaches(report), *technical, *counted_breaches(experiment, report)]


def metric_breaches(report: Report) -> Iterator[Breach]:
    """Yield harm to the metrics: where the whole always-valid interval is past the margin."""
    for guardrail in watched_guardrails(report):
        if guardrail.is_harm_certain:
            yield Breach(guardrail.metric, guardrail.variant, harm_in_words(report, guardrail))


def watched_guardrails(report: Report) -> list[Guardrail]:
    """Return the test's own guardrails, and refunds also where they are none."""
    watched = list(report.guardrails)
    guarded = {guardrail.metric for guardrail in watched}
    if Metric.REFUNDED_SHARE in guarded:
        return watched
    for result in report.metrics:
        if result.metric == Metric.REFUNDED_SHARE:
            watched.append(guardrail_of(result, REFUND_MARGIN))
    return watched


def harm_in_words(report: Report, guardrail: Guardrail) -> str:
    """Say what a guardrail's metric did at best, and what was allowed."""
    text = _("%(variant)s: the change in %(metric)s is %(change)s at best, and the limit is %(margin)s.")
    anytime = anytime_effect(report.metric(guardrail.metric, guardrail.variant), guardrail.margin)
    # the scale that harm was found on, which needn't be that of the fixed interval
    judged = replace(guardrail, is_in_unit=anytime.is_in_unit, allowed=anytime.allowed)
    return text % {
        "variant": name_of(report, guardrail.variant),
        "metric": mid_sentence(guardrail.label),
        "change": wording.guardrail_change(best_end(anytime.interval, guardrail), judged, report.currency),
        "margin": wording.margin_of(judged, report.currency),
    }


def best_end(interval: Range | None, guardrail: Guardrail) -> float:
    """Return the end of the always-valid interval on the side that would do the least harm."""
    if interval is None:
        return 0.0
    best = interval.high
    if guardrail.is_lower_better:
        best = interval.low
    return best or 0.0


def technical_breaches(experiment: Experiment, report: Report) -> Iterator[Breach]:
    """Yield errors and skipped offers, as shares of visitors, where a treatment surely has many more than control."""
    control, treatments = funnel_arms(report)
    if control is None:
        return
    texts = {
        EventType.ERROR: _("%(variant)s: errors for %(share)s of visitors, compared with %(of_control)s in control."),
        EventType.SKIPPED: _(
            "%(variant)s: skipped offers for %(share)s of visitors, compared with %(of_control)s in control."
        ),
    }
    for row in treatments:
        for kind, text in texts.items():
            of_control, of_treatment = event_share(control, kind), event_share(row, kind)
            if is_above_margin(of_control, of_treatment, experiment, treatments=len(treatments)):
                words = {
                    "variant": name_of(report, row.variant),
                    "share": formatting.percent(of_treatment.rate),
                    "of_control": formatting.percent(of_control.rate),
                }
                yield Breach(kind.value, row.variant, text % words)


def counted_breaches(experiment: Experiment, report: Report) -> Iterator[Breach]:
    """Yield what the app above counts, where a treatment surely does it to more visitors than its limit."""
    control, treatments = funnel_arms(report)
    if control is None:
        return
    rows = {row.variant: row for row in treatments}
    for harm in harm_counts(experiment):
        row = rows.get(harm.variant)
        if row is None or not row.exposed:
            continue
        share = Proportion(min(harm.visitors, row.exposed), row.exposed)
        none = Proportion(0, control.exposed)
        if is_above_margin(none, share, experiment, treatments=len(treatments), margin=harm.limit):
            words = {
                "variant": name_of(report, row.variant),
                "share": formatting.percent(share.rate),
                "limit": formatting.percent(harm.limit),
            }
            yield Breach(harm.metric, row.variant, harm.text % words)


def funnel_arms(report: Report) -> tuple[FunnelRow | None, list[FunnelRow]]:
    """Return control's row of the funnel, and those of treatments in the report's order; None without a control."""
    rows = {row.variant: row for row in report.funnel}
    control, treatments = None, []
    for variant in report.variants:
        # a test whose results aren't shown yet has no funnel
        row = rows.get(variant.key)
        if row is None:
            continue
        if variant.is_control:
            control = row
        else:
            treatments.append(row)
    return control, treatments


def event_share(row: FunnelRow, kind: EventType) -> Proportion:
    """Return the visitors of a variant with such an event, among those who were exposed or skipped."""
    among = row.exposed
    if kind == EventType.SKIPPED:
        among += row.visitors[kind]
    return Proportion(min(row.visitors[kind], among), among)


def is_above_margin(
    control: Proportion,
    treatment: Proportion,
    experiment: Experiment,
    *,
    treatments: int,
    margin: float = TECHNICAL_MARGIN,
) -> bool:
    """Return whether the treatment's share is above control's by more than the margin, at every look at once."""
    result = confidence_sequence(
        compare_proportions(control, treatment),
        n=control.n + treatment.n,
        n_star=experiment.planned_sample or PLANNED_VISITORS,
        alpha=experiment.alpha / treatments,
    )
    return result.low is not None and result.low > margin


def name_of(report: Report, key: str) -> str:
    """Return a variant's name."""
    names = {variant.key: variant.name for variant in report.variants}
    return names[key]


def is_known(experiment: Experiment, action: AuditAction, breach: Breach) -> bool:
    """Return whether the same was noted before."""
    return experiment.audit_entries.filter(
        action=action, detail__metric=breach.metric, detail__variant=breach.variant
    ).exists()


def note_breach(
    experiment: Experiment, action: AuditAction, breach: Breach, *, sentence: WrittenSentence, now: datetime
) -> None:
    """Keep a breach in the audit trail, from where it is told to whoever wants to know."""
    audit.record(
        store=experiment.store,
        experiment=experiment,
        action=action,
        actor=ACTOR,
        reason=sentence,
        detail=asdict(breach),
        at=now,
    )
