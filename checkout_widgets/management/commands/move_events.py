"""``move_events``: all older events to ClickHouse, or back to PostgreSQL."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from experiments.event_store.store import NotAvailable
from experiments.models import EventBatch


class Command(BaseCommand):
    help = (
        "Move older events to ClickHouse, or back to PostgreSQL, month by month or day by day. Each is compared by "
        "count and checksum before it leaves the other database. The command goes on where it was interrupted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", choices=("clickhouse", "postgres"), required=True)

    def handle(self, *args: Any, to: str, **options: Any) -> None:
        if not settings.ANALYTICS_SHARDS:
            raise CommandError("Set ANALYTICS_URL first: it names the ClickHouse servers.")
        from experiments.event_store import moving

        with moving.alone() as is_alone:
            if not is_alone:
                raise CommandError("Events are being moved already, by the worker or another command: try again.")
            try:
                for batch in self.steps(to):
                    self.stdout.write(f"{batch.part}: {batch.get_state_display()}, {batch.rows:,} rows")
            except NotAvailable as error:
                raise CommandError(f"{error} Start the command again when it answers.") from error

    def steps(self, to: str) -> Iterator[EventBatch]:
        """Move, and yield each batch when it has come further."""
        from checkout_widgets.offer_days import refresh
        from experiments.event_store import moving

        now = timezone.now()
        if to == "postgres":
            return moving.bring_back()
        return moving.move(now, counted_until=refresh.counted_until(now), are_months_moved=True)
