"""A store's own metrics: defined, changed, archived, and given to tests; each step with an entry in the audit trail."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from experiments import audit, catalogue
from experiments.models import AuditAction, ChosenMetric, CustomMetric, Experiment, Status, Store
from experiments.models.custom_metric import LONGEST_KEY, MOST_PER_STORE, MOST_PER_TEST, MOST_PRODUCTS

MEANING = ("counted", "skus", "categories")
FIELDS = ("name", *MEANING)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricFields:
    """What somebody says of a metric; fields as in the model."""

    name: str
    counted: str
    skus: list[str]
    categories: list[str]


def define(store: Store, fields: MetricFields, *, actor: str) -> CustomMetric:
    """Add a metric to the store. Raises ``ValidationError``, by field where it is one's fault."""
    metric = CustomMetric(store=store, created_by=actor)
    put(metric, fields)
    with transaction.atomic():
        # Against two at once: both would find room for the last one, and the same free key.
        Store.objects.select_for_update(no_key=True).get(pk=store.pk)
        check_room(store)
        metric.key = free_key(store, fields.name)
        metric.save()
        note(metric, AuditAction.METRIC_CREATED, actor, audit_detail(metric))
    return metric


def change(metric: CustomMetric, fields: MetricFields, *, actor: str) -> bool:
    """Make the metric what is said now, and return whether that is something else. Raises ``ValidationError``.

    Tests that were launched keep what it meant: where any has this version, what is counted now is the next one.
    """
    with transaction.atomic():
        # Against a launch at this instant, which would fix one meaning under the number of another.
        locked = locked_metric(metric)
        before = audit_detail(locked)
        put(locked, fields)
        changed = audit.changes(before, audit_detail(locked))
        if not changed:
            return False
        if not changed.keys().isdisjoint(MEANING) and is_in_use(locked):
            changed["version"] = [locked.version, locked.version + 1]
            locked.version += 1
        locked.save()
        note(locked, AuditAction.METRIC_CHANGED, actor, changed)
    metric.refresh_from_db()
    return True


def archive(metric: CustomMetric, *, actor: str) -> None:
    """Offer the metric to no test any more; those that have it keep it."""
    with transaction.atomic():
        locked = locked_metric(metric)
        if locked.archived_at is None:
            locked.archived_at = timezone.now()
            locked.save()
            # A draft would launch with a metric that nobody is offered any more.
            locked.chosen.filter(fixed_at=None).delete()
            note(locked, AuditAction.METRIC_ARCHIVED, actor, {"name": locked.name})


def restore(metric: CustomMetric, *, actor: str) -> None:
    """Offer an archived metric to new tests again. Raises ``ValidationError`` where the store has no room for it."""
    with transaction.atomic():
        Store.objects.select_for_update(no_key=True).get(pk=metric.store_id)
        locked = locked_metric(metric)
        if locked.archived_at is not None:
            check_room(locked.store)
            locked.archived_at = None
            locked.save()
            note(locked, AuditAction.METRIC_RESTORED, actor, {"name": locked.name})


def choose(experiment: Experiment, metrics: Collection[CustomMetric], *, actor: str) -> bool:
    """Give a draft these metrics and no others, and return whether that is another choice. Raises ``ValidationError``.

    Not once it was launched or scheduled: whoever chose a metric by its results would choose the results.
    """
    with transaction.atomic():
        # Against a launch at this instant, which fixes what was chosen.
        locked = Experiment.objects.select_for_update(of=("self",)).get(pk=experiment.pk)
        wanted = locked_metrics(metrics)
        check_choice(locked, wanted.values())
        before = {chosen.metric_id: chosen for chosen in locked.chosen_metrics.select_related("metric")}
        if before.keys() == wanted.keys():
            return False
        replace_chosen(locked, before, wanted)
        note_choice(locked, actor, [chosen.metric for chosen in before.values()], wanted.values())
    return True


def locked_metrics(metrics: Collection[CustomMetric]) -> dict[int, CustomMetric]:
    """Return the metrics by key, as they are now: locked, against one that is archived at this instant."""
    keys = [metric.pk for metric in metrics]
    return CustomMetric.objects.select_for_update(of=("self",)).in_bulk(keys)


def note_choice(
    experiment: Experiment, actor: str, before: Iterable[CustomMetric], now: Iterable[CustomMetric]
) -> None:
    """Record the names of the metrics that an experiment had, and has now."""
    names = [sorted(metric.name for metric in metrics) for metrics in (before, now)]
    audit.record(
        store=experiment.store,
        experiment=experiment,
        action=AuditAction.CHANGED,
        actor=actor,
        detail={"custom_metrics": names},
    )


def replace_chosen(
    experiment: Experiment, known: Mapping[int, ChosenMetric], wanted: Mapping[int, CustomMetric]
) -> None:
    """Take the chosen metrics away that are no longer wanted, and add those that are new; both by the metric's key.

    Those that stay keep their rows.
    """
    for metric_id in known.keys() - wanted.keys():
        known[metric_id].delete()
    for metric_id in sorted(wanted.keys() - known.keys()):
        ChosenMetric.objects.create(experiment=experiment, metric=wanted[metric_id])


def fix(experiment: Experiment, now: datetime) -> None:
    """Fix what the test's metrics mean, for a launch, in its transaction: products that come later aren't counted.

    Raises ``ValidationError`` for one without products, or with too many.
    """
    for chosen in experiment.chosen_metrics.filter(fixed_at=None).select_related("metric__store"):
        metric = locked_metric(chosen.metric)
        skus = skus_of(metric)
        check_products(metric.name, skus)
        chosen.name, chosen.counted, chosen.version = metric.name, metric.counted, metric.version
        chosen.skus, chosen.fixed_at = skus, now
        chosen.save()


def skus_of(metric: CustomMetric) -> list[str]:
    """List the SKUs that the metric counts, as the catalogue is now, each once, in order."""
    return sorted({*metric.skus, *catalogue.skus_of_categories(metric.store_id, metric.categories)})


def check_products(name: str, skus: Collection[str]) -> None:
    """Raise ``ValidationError`` where there is nothing to count, or too much to look up for each line of an order."""
    if not skus:
        text = gettext_lazy("“%(metric)s” has no products: its categories are empty.")
        raise ValidationError(text, params={"metric": name})
    if len(skus) > MOST_PRODUCTS:
        text = gettext_lazy(
            "“%(metric)s” has %(count)s products, and can have at most %(most)s. Choose fewer categories."
        )
        raise ValidationError(text, params={"metric": name, "count": len(skus), "most": MOST_PRODUCTS})


def check_choice(experiment: Experiment, metrics: Collection[CustomMetric]) -> None:
    """Raise ``ValidationError`` unless the test can be given these metrics."""
    if experiment.status != Status.DRAFT or experiment.started_at is not None:
        raise ValidationError(_("You can choose custom metrics only before the launch. Duplicate the test instead."))
    if len(metrics) > MOST_PER_TEST:
        text = _("A test can have at most %(most)s custom metrics. Each makes the others harder to prove.")
        raise ValidationError(text % {"most": MOST_PER_TEST})
    for metric in metrics:
        if metric.store_id != experiment.store_id or metric.archived_at is not None:
            raise ValidationError(_("The store has no such metric."))


def check_room(store: Store) -> None:
    """Raise ``ValidationError`` where the store has as many metrics as it can have."""
    if store.custom_metrics.active().count() >= MOST_PER_STORE:
        text = _("A store can have at most %(most)s custom metrics. Archive one first.")
        raise ValidationError(text % {"most": MOST_PER_STORE})


def is_in_use(metric: CustomMetric) -> bool:
    """Whether a launched test has the metric's present version."""
    return metric.chosen.fixed().filter(version=metric.version).exists()


def locked_metric(metric: CustomMetric) -> CustomMetric:
    """Return the row as it is now, locked."""
    return CustomMetric.objects.select_for_update(of=("self",)).select_related("store").get(pk=metric.pk)


def free_key(store: Store, name: str) -> str:
    """Return a key made of the name that no metric of the store has, archived ones included."""
    stem = slugify(name)[: LONGEST_KEY - 4].strip("-_") or "metric"
    taken = set(store.custom_metrics.filter(key__startswith=stem).values_list("key", flat=True))
    key, number = stem, 1
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key


def put(metric: CustomMetric, fields: MetricFields) -> None:
    """Set the metric's fields, not saved here. Raises ``ValidationError`` by field."""
    metric.name, metric.counted = fields.name, fields.counted
    metric.skus, metric.categories = sorted(set(fields.skus)), sorted(set(fields.categories))
    metric.full_clean(exclude=("store", "key", "created_by"), validate_unique=False, validate_constraints=False)
    if not metric.skus and not metric.categories:
        raise ValidationError({"skus": _("Choose at least one product or category.")})
    if len(metric.skus) > MOST_PRODUCTS:
        text = _("A metric can have at most %(most)s products.")
        raise ValidationError({"skus": text % {"most": MOST_PRODUCTS}})


def audit_detail(metric: CustomMetric) -> dict[str, Any]:
    """Return what the metric says, as the audit trail has it."""
    return {name: getattr(metric, name) for name in FIELDS}


def note(metric: CustomMetric, action: AuditAction, actor: str, detail: dict[str, Any]) -> None:
    """Enter it in the store's audit trail, under the metric's key."""
    audit.record(store=metric.store, action=action, actor=actor, detail={"metric_key": metric.key, **detail})
