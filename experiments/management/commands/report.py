"""``report``: an experiment's figures in the terminal, or as JSON."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from experiments import formatting, money
from experiments.management.lookup import find_experiment
from experiments.report import MetricResult, Range, Report, VariantCounts
from experiments.snapshots import analyse

NOTHING = "-"
SMALL_DIGITS = 4  # of figures below 1, where two would hide the difference
MIN_LABEL = 19  # columns of a metric's name, so that most take one line


class Command(BaseCommand):
    help = "Print an experiment's report: every metric of every treatment against control."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="of the experiment")
        parser.add_argument("--store", required=True, metavar="SLUG")
        parser.add_argument("--without-cuped", action="store_true", help="leave the adjustment by cart value out")
        parser.add_argument("--json", action="store_true", help="print the metrics as JSON, money in major units")
        parser.add_argument(
            "--full", action="store_true", help="print the whole report as JSON, sums and all, money in minor units"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        experiment = find_experiment(options["key"], options["store"])
        report = analyse(experiment, with_cuped=not options["without_cuped"])
        if options["full"]:
            self.stdout.write(json.dumps(report.as_json(), indent=2, allow_nan=False))
        elif options["json"]:
            self.stdout.write(json.dumps(as_export(report), indent=2, allow_nan=False))
        else:
            self.print_tables(report)

    def print_tables(self, report: Report) -> None:
        """The verdict, the variants, each treatment's metrics, and the rules."""
        console = Console(file=self.stdout)  # type: ignore[arg-type]
        console.print(f"[bold]{report.name}[/bold] ({report.store}): {report.verdict.headline}")
        console.print(report.verdict.next_step)
        for line in (*monthly_lines(report), report.goal_note):
            if line:
                console.print(line, highlight=False)
        console.print(variant_table(report))
        for variant in report.variants:
            if not variant.is_control and report.awaited_orders is None:
                console.print(metric_table(report, variant), end="\n\n")
        for rule in report.verdict.rules:
            console.print(f"{rule.state:>5}  {rule.text}: {rule.detail}", highlight=False)


def monthly_lines(report: Report) -> Iterator[str]:
    """What each treatment would earn a month at full traffic, with its interval."""
    names = {variant.key: variant.name for variant in report.variants}
    for effect in report.monthly:
        if effect.amount:
            ends = [formatting.money(end, report.currency) for end in bounds_of(effect.amount)]
            amount = formatting.money(effect.amount.estimate, report.currency)
            yield f"{names[effect.variant]}: {amount} more a month at 100% traffic ({ends[0]} to {ends[1]})"


def bounds_of(interval: Range) -> tuple[float | None, float | None]:
    """Both ends of an interval."""
    return interval.low, interval.high


def as_export(report: Report) -> dict[str, Any]:
    """The report's metrics as plain figures, money in major units; ``null`` also where an interval has no end."""
    return {
        "experiment": report.experiment,
        "metrics": [exported(result, report.currency) for result in report.metrics],
    }


def exported(result: MetricResult, currency: str) -> dict[str, Any]:
    """One metric of one treatment."""
    unit = 10.0 ** money.decimals(currency) if result.unit == "money" else 1.0
    difference = bounds("difference", result.main.difference, unit)
    return {
        "metric": result.metric,
        "variant": result.variant,
        "control": scaled(result.control.value, unit),
        "treatment": scaled(result.treatment.value, unit),
        **difference,
        **bounds("lift", result.main.lift, 1.0),
        "p_value": result.main.p_value,
        "method": result.main.method,
        "unavailable": result.main.unavailable,
    }


def bounds(name: str, interval: Range | None, unit: float) -> dict[str, float | None]:
    """An interval as three figures."""
    return {
        name: scaled(interval.estimate, unit) if interval else None,
        f"{name}_low": scaled(interval.low, unit) if interval else None,
        f"{name}_high": scaled(interval.high, unit) if interval else None,
    }


def scaled(value: float | None, unit: float) -> float | None:
    """The value in the unit."""
    return None if value is None else value / unit


def variant_table(report: Report) -> Table:
    """What each variant gathered; visitors alone while the report has no results yet."""
    table = Table(title=f"{report.visitors:,} visitors", box=SIMPLE_HEAD, padding=0)
    headings = ["Variant", "Visitors"]
    if report.awaited_orders is None:
        headings += ["Orders", "Net revenue", "Refunded"]
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "Variant" else "right")
    for variant in report.variants:
        cells = [
            f"{variant.name} (control)" if variant.is_control else variant.name,
            f"{variant.visitors:,}",
            f"{variant.orders:,}",
            formatting.money(variant.revenue_minor, report.currency),
            formatting.money(variant.refunded_minor, report.currency),
        ]
        table.add_row(*cells[: len(headings)])
    return table


def metric_table(report: Report, treatment: VariantCounts) -> Table:
    """Every metric of one treatment against control; what needs more words stands below."""
    adjusted = "adjusted for cart value" if report.adjustment.is_used else "not adjusted for cart value"
    if report.cap_minor is not None:
        adjusted += f", orders counted up to {formatting.money(report.cap_minor, report.currency)}"
    results = [result for result in report.metrics if result.variant == treatment.key]
    table = Table(
        title=f"{treatment.name}: {report.currency}, net of refunds, {adjusted}",
        caption="\n".join(notes(results)),
        caption_justify="left",
        box=SIMPLE_HEAD,
        padding=0,
    )
    table.add_column("Metric", min_width=MIN_LABEL)
    for heading in ("Control", "Treatment", "Lift", f"{1 - report.alpha:.0%} interval", "p"):
        table.add_column(heading, justify="right", no_wrap=True)
    for result in results:
        table.add_row(*metric_cells(result, report.currency))
    return table


def metric_cells(result: MetricResult, currency: str) -> list[str]:
    """A metric's row."""
    main = result.main
    is_known = main.unavailable != "missing_sums"
    return [
        result.label,
        figure(result, result.control.value if is_known else None, currency),
        figure(result, result.treatment.value if is_known else None, currency),
        formatting.lift(main.lift.estimate) if main.lift else NOTHING,
        interval(main.lift),
        NOTHING if main.p_value is None else f"{main.p_value:.2g}",
    ]


def interval(lift: Range | None) -> str:
    """The ends of a lift's interval, where it has one."""
    return NOTHING if lift is None or lift.low is lift.high is None else formatting.lift_range(lift)


def notes(results: Sequence[MetricResult]) -> Iterator[str]:
    """Which test each p is of, and why some figures are missing."""
    tests: dict[str, list[str]] = {}
    for result in results:
        kind = f"p by {result.main.method}" if result.main.p_value is not None else result.main.unavailable or ""
        tests.setdefault(kind.replace("_", " "), []).append(result.label)
    for kind, labels in tests.items():
        yield f" {kind}: {', '.join(labels)}"


def figure(result: MetricResult, value: float | None, currency: str) -> str:
    """A metric's value as text, as precise as the metric's other values."""
    if value is None:
        return NOTHING
    if result.unit == "share":
        return f"{value:.2%}"
    own = money.decimals(currency) if result.unit == "money" else 2
    unit = 10**own if result.unit == "money" else 1
    is_small = abs(result.control.value or result.treatment.value or 0) < unit
    return f"{value / unit:,.{max(own, SMALL_DIGITS) if is_small else own}f}"
