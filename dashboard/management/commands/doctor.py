"""Examine the installation, and say what to do."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dashboard.operations.doctor.diagnosis import Diagnosis, Severity
from dashboard.operations.doctor.examination import examine

MARKS = {Severity.OK: "[green]ok[/]", Severity.WARNING: "[yellow]warning[/]", Severity.PROBLEM: "[red]problem[/]"}


class Command(BaseCommand):
    help = (
        "Check settings, database, clocks, worker, mail, webhooks, disk, proxies and each store's origins, and say "
        "what to do. Changes nothing; the exit status is 1 if there is a problem."
    )
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(examine())
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in found], indent=1))
        else:
            Console(file=self.stdout, highlight=False).print(table_of(found))  # type: ignore[arg-type]
        if any(one.severity == Severity.PROBLEM for one in found):
            sys.exit(1)


def table_of(found: list[Diagnosis]) -> Table:
    """Return the findings as they are printed."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for one in found:
        text = escape(one.text)
        if one.fix:
            text = f"{text}\n[bold]{escape(one.fix)}[/]"
        table.add_row(MARKS[one.severity], one.subject, text)
    return table
