"""What begins with time alone: contracts that are about to end, customers who haven't ordered for long or are close to
a tier, and campaigns. The worker looks every few minutes, back to what it may have missed; each begins once.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery

from experiments.sql_files import read_sql
from journeys.models import Journey, JourneyStatus, JourneyVersion, Trigger
from journeys.planning.waits import step_wait
from journeys.stage_sql import stage_of
from journeys.triggers.options import AtStage, ContractEnds, DaysWithoutOrder, OnADay, TierDistance, read_options

LOOKED_BACK = timedelta(days=2)  # a worker that stood still for longer begins nothing that is so late


def read_trigger(name: str, store_id: str, order_id: str) -> str:
    """Read a statement with the part that says how long the first step waits."""
    return read_sql(__file__, name).replace("__step_wait__", step_wait(store_id=store_id, order_id=order_id))


OF_CONTRACTS = read_trigger("begin_runs_of_contracts", "contract.store_id", "NULL")
WITHOUT_ORDER = read_trigger("begin_runs_without_order", "orders.store_id", "orders.id")
NEAR_TIER = read_trigger("begin_runs_near_tier", "%(store_id)s", "spent.last_id")
AT_STAGE = read_trigger("begin_runs_at_stage", "stage.store_id", "stage.order_id").replace(
    "__stage_of__", stage_of("begins.at")
)
CAMPAIGN = read_sql(__file__, "begin_campaign").replace("__stage_of__", stage_of("%(now)s"))
# Our own text before the mark, with another result.
COUNT_AUDIENCE = CAMPAIGN.partition("-- result:")[0] + "SELECT count(*) FROM audience"  # noqa: S608
BY_TIME = (Trigger.CONTRACT_ENDS, Trigger.REACHED, Trigger.ON_A_DAY)


def begin_due(now: datetime) -> int:
    """Begin the runs whose time has come, in all running journeys, and return how many."""
    begun = 0
    for version in newest_versions(now):
        begun += begin_of(version, now, since=now - LOOKED_BACK)
    return begun


def begin_of(version: JourneyVersion, now: datetime, *, since: datetime) -> int:
    """Begin the runs of one version whose time came after ``since``. Raises ``BadOptions``."""
    options = read_options(version.trigger, version.trigger_options)
    if isinstance(options, OnADay):
        return begin_campaign(version, options, now)
    span = TriggerSpan(now, since)
    if isinstance(options, ContractEnds):
        return execute(OF_CONTRACTS, version, span, days_before=options.days_before)
    if isinstance(options, DaysWithoutOrder):
        return execute(WITHOUT_ORDER, version, span, days=options.days)
    if isinstance(options, AtStage):
        return execute(AT_STAGE, version, span, stage=options.stage)
    if isinstance(options, TierDistance):
        near = {"spent_minor": options.spent_minor, "within_minor": options.within_minor}
        return execute(NEAR_TIER, version, span, days=options.days, **near)
    return 0


def newest_versions(now: datetime) -> list[JourneyVersion]:
    """List the newest launched version of each running journey that begins with time."""
    launched = JourneyVersion.objects.filter(journey=OuterRef("pk"), launched_at__lte=now).order_by("-number")
    running = Journey.objects.filter(status=JourneyStatus.RUNNING).annotate(newest=Subquery(launched.values("pk")[:1]))
    versions = JourneyVersion.objects.filter(pk__in=running.values("newest"), trigger__in=BY_TIME)
    return list(versions.select_related("journey__store").order_by("pk"))


class TriggerSpan(NamedTuple):
    """Now, and since when what happened is looked at."""

    now: datetime
    since: datetime


def execute(statement: str, version: JourneyVersion, span: TriggerSpan, **parameters: Any) -> int:
    """Begin runs of a version by a statement, of what happened since its journey's launch; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(statement, {**parameters_of(version, span), **parameters})
        return int(cursor.rowcount)


def parameters_of(version: JourneyVersion, span: TriggerSpan) -> dict[str, Any]:
    """Return what every statement takes."""
    journey = version.journey
    return {
        "store_id": journey.store_id,
        "currency": journey.store.currency,
        "journey_id": journey.pk,
        "version_id": version.pk,
        "skus": version.skus,
        "categories": version.categories,
        "after": max(span.since, journey.started_at or span.now),
        "now": span.now,
    }


def begin_campaign(version: JourneyVersion, options: OnADay, now: datetime) -> int:
    """Freeze a campaign's audience at its time, once, and begin its runs. Returns how many contacts it is."""
    if version.audience_frozen_at is not None or now < options.at:
        return 0
    with transaction.atomic():
        # Against another worker: the audience is counted once, and nobody who comes later is in it.
        locked = JourneyVersion.objects.select_for_update().filter(pk=version.pk, audience_frozen_at=None).first()
        if locked is None:
            return 0
        count = execute(
            CAMPAIGN,
            version,
            TriggerSpan(now, now),
            at=options.at,
            batch=options.batch,
            every_minutes=options.every_minutes,
            **audience_parameters(version, options, now),
        )
        locked.audience_frozen_at, locked.audience_count = now, count
        locked.save(update_fields=["audience_frozen_at", "audience_count"])
    return count


def count_audience(version: JourneyVersion, options: OnADay, now: datetime) -> int:
    """Count whom a campaign's rule names now, before it is launched."""
    with connection.cursor() as cursor:
        parameters = parameters_of(version, TriggerSpan(now, now))
        cursor.execute(COUNT_AUDIENCE, {**parameters, **audience_parameters(version, options, now)})
        (count,) = cursor.fetchone()
    return int(count)


def audience_parameters(version: JourneyVersion, options: OnADay, now: datetime) -> dict[str, Any]:
    """Return what the audience's rule asks for; the version's own products and categories are asked for as well."""
    rule = options.audience
    return {
        "ordered_since": days_ago(now, rule.ordered_within_days),
        "not_ordered_since": days_ago(now, rule.not_ordered_for_days),
        "least_orders": rule.least_orders,
        "least_spent_minor": rule.least_spent_minor,
        "countries": rule.countries,
        "answers": rule.answers,
        "stages": rule.stages,
        "skus": rule.skus or version.skus,
        "categories": rule.categories or version.categories,
    }


def days_ago(now: datetime, days: int | None) -> datetime | None:
    """Return the time so many days ago; None where nothing is asked."""
    if days is None:
        return None
    return now - timedelta(days=days)
