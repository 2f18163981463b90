"""The regular housekeeping of the data, done by the worker: when each job runs.

Jobs run at minutes of their own, so that they don't all start at once. ``queueing_lock``: a job that still waits isn't
queued again. ``lock``: two runs of one job would write the same audit entries, and take the same looks twice.
"""

from django.utils import timezone
from procrastinate.contrib.django import app

from experiments.accounting import (
    claims,
    funnel_changes,
    partitions,
    repeats,
    retention,
    rollups,
    unclear_orders,
)
from experiments.accounting.jobs import recompute_outcomes
from experiments.running import caps, delays, guardrails, holdout, lifecycle, looks, overlaps, priors

__all__ = ["recompute_outcomes"]  # loaded with this module, as the worker loads it


@app.periodic(cron="47 2 * * *")
@app.task(queueing_lock="forget_old_events")
def forget_old_events(timestamp: int) -> None:
    """Delete the events, the counts and samples of decisions that stores no longer keep, and claims of no use."""
    now = timezone.now()
    retention.forget_old_events(now)
    retention.forget_old_decisions(now)
    claims.forget_claims(now)


@app.periodic(cron="37 2 * * *")
@app.task(queueing_lock="make_event_parts")
def make_event_parts(timestamp: int) -> None:
    """Make room for the events of the months to come."""
    partitions.make_ahead(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="keep_holdouts_up")
def keep_holdouts_up(timestamp: int) -> None:
    """See that each store's holdout has its experiment."""
    holdout.sync_all_holdouts(timezone.now())


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="stop_counting_unclear_orders", lock="stop_counting_unclear_orders")
def stop_counting_unclear_orders(timestamp: int) -> None:
    """Let old orders that may never have been paid count no longer once their time is over."""
    unclear_orders.stop_counting_overdue(timezone.now())


@app.periodic(cron="57 2 * * *")
@app.task(queueing_lock="link_repeats")
def link_repeats(timestamp: int) -> None:
    """Link renewals and copies that came before the order that they were made from."""
    repeats.find_missing()


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="take_looks", lock="take_looks")
def take_looks(timestamp: int) -> None:
    """Look at the running tests: each hour, at those whose store has begun a new day; and at those that have ended."""
    now = timezone.now()
    # First, since a look reads whom the delays say to read, and corrects by what past tests say.
    delays.estimate_due(now)
    priors.learn_due(now)
    looks.take_looks(now)
    looks.store_final_results(now)
    looks.store_holdout_reports(now)


@app.periodic(cron="32 * * * *")
@app.task(queueing_lock="count_overlaps", lock="count_overlaps")
def count_overlaps(timestamp: int) -> None:
    """Count once a day which visitors the running tests share with each other."""
    overlaps.count_due(timezone.now())


@app.periodic(cron="* * * * * */30")
@app.task(queueing_lock="refresh_touched_days")
def refresh_touched_days(timestamp: int) -> None:
    """Add up the days whose exposures changed."""
    rollups.refresh_touched()


@app.periodic(cron="* * * * * */30")
@app.task(queueing_lock="add_up_funnels")
def add_up_funnels(timestamp: int) -> None:
    """Add up how far visitors got, from what their new events say."""
    funnel_changes.add_up_changes()


@app.periodic(cron="27 * * * *")
@app.task(queueing_lock="watch_guardrails", lock="watch_guardrails")
def watch_guardrails(timestamp: int) -> None:
    """Pause what does harm, and let in more visitors where a ramp plan says so."""
    guardrails.watch_all(timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="fix_caps", lock="fix_caps")
def fix_caps(timestamp: int) -> None:
    """Fix the caps on order values that wait for a store's first orders."""
    caps.fix_due_caps(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="keep_to_the_schedule", lock="keep_to_the_schedule")
def keep_to_the_schedule(timestamp: int) -> None:
    """Start and stop the tests whose time has come."""
    now = timezone.now()
    lifecycle.start_due(now)
    lifecycle.stop_due(now)
