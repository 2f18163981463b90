"""What the worker does: each task is queued in PostgreSQL, in the transaction that makes it necessary."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from checkout_widgets import claim_watch, held_products, recent_orders, refused_tokens
from checkout_widgets.customer_figures.jobs import count_all_customers, count_customers
from checkout_widgets.models import Delivery, TrialOrder
from checkout_widgets.offer_days import refresh
from checkout_widgets.price_history import from_orders, references
from checkout_widgets.recommending import owner_shares
from checkout_widgets.recommending.jobs import count_all_pairs, count_pairs
from checkout_widgets.webhooks import read_again
from checkout_widgets.webhooks.queueing import process_delivery
from experiments.models import Store

# loaded with this module, as the worker loads it
__all__ = ["count_all_customers", "count_all_pairs", "count_customers", "count_pairs", "process_delivery"]

KEEP_DELIVERIES = timedelta(days=30)  # after them nobody needs to ask what a shop sent


@app.task(lock="read_deliveries_again")
def read_deliveries_again(store_id: int) -> None:
    """Make of what shop systems sent what is made of it today, where that differs."""
    store = Store.objects.filter(pk=store_id).first()
    if store is not None:  # deleted since the job was queued
        read_again.read_again(store)


@app.periodic(cron="*/2 * * * *")
@app.task(queueing_lock="note_held_products", lock="note_held_products")
def note_held_products(timestamp: int) -> None:
    """Have what visitors said they have already no longer offered to them."""
    held_products.note_all()


@app.periodic(cron="41 * * * *")
@app.task(queueing_lock="count_recent_orders")
def count_recent_orders(timestamp: int) -> None:
    """Keep what widgets say of recent orders true."""
    recent_orders.count(offers=recent_orders.offers_that_show_recent_orders(), now=timezone.now())


@app.periodic(cron="47 4 * * *")
@app.task(queueing_lock="count_owners")
def count_owners(timestamp: int) -> None:
    """Keep what widgets and messages say of owners true."""
    owner_shares.count(timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="watch_claims", lock="watch_claims")
def watch_claims(timestamp: int) -> None:
    """Tell teams of claims that aren't true any more."""
    claim_watch.look(timezone.now())


@app.periodic(cron="11 * * * *")
@app.task(queueing_lock="count_refused_tokens")
def count_refused_tokens(timestamp: int) -> None:
    """Count what the setup page says of acceptance tokens in orders."""
    refused_tokens.count_all(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="add_up_offers")
def add_up_offers(timestamp: int) -> None:
    """Add up what became of offers, of the days of which something has come in."""
    refresh.refresh_all(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="move_events", lock="move_events")
def move_events(timestamp: int) -> None:
    """Let older events go on to ClickHouse, where the settings name it, and erase there what is to be erased."""
    if settings.ANALYTICS_SHARDS:
        from checkout_widgets import moving_events

        moving_events.move_for_a_while(timezone.now())


@app.periodic(cron="57 3 * * *")
@app.task(queueing_lock="forget_moved_events", retry=RetryStrategy(max_attempts=6, wait=600))
def forget_moved_events(timestamp: int) -> None:
    """Delete on ClickHouse what stores no longer keep."""
    if settings.ANALYTICS_SHARDS:
        from experiments.event_store import erasing

        erasing.forget_old_events(timezone.now())


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="keep_references_up")
def keep_references_up(timestamp: int) -> None:
    """See that no offer says of itself that it cost more than it did."""
    references.write_references(timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="read_prices_of_orders", lock="read_prices_of_orders")
def read_prices_of_orders(timestamp: int) -> None:
    """Note what products cost in the orders that have come."""
    from_orders.read_new_orders(timezone.now())


@app.periodic(cron="27 3 * * *")
@app.task(queueing_lock="forget_old_prices")
def forget_old_prices(timestamp: int) -> None:
    """Delete what orders said of prices longer ago than anything is compared with."""
    from_orders.forget_old_prices(timezone.now())


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget_deliveries")
def forget_deliveries(timestamp: int) -> None:
    """Delete what shops sent and is done with: it holds names and addresses."""
    begin = timezone.now() - KEEP_DELIVERIES
    TrialOrder.objects.sent_before(begin).remove()
    Delivery.objects.finished_before(begin).delete()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="resume_stalled_jobs", pass_context=True)
async def resume_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Queue again what a worker left behind that died without a word."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)
