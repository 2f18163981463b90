"""``count_existing_events``: events from before the funnel was counted as they come in."""

from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from experiments.accounting import funnel_changes, funnel_existing
from experiments.formatting import counted
from experiments.reading.funnel import are_events_uncounted


class Command(BaseCommand):
    help = (
        "Count the events that were stored before each new one was counted. It may run while new ones come in, and be "
        "stopped at any time: run it again and it goes on. Until it is done, reports read the events themselves."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not are_events_uncounted():
            self.stdout.write("All events are counted.")
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        events = 0
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("events", total=funnel_existing.estimated_events())
            for span in funnel_existing.count_by_span():
                events += span.events
                progress.update(task, advance=span.events, description=f"events before {span.before:%Y-%m-%d %H:%M}")
        funnel_changes.add_up_changes()
        self.stdout.write(f"Counted {counted(events, 'event')}. All events are counted now.")
