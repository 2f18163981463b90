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
from experiments.report.selection import money_withheld
from experiments.snapshots import report_to_show

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
        report = report_to_show(experiment, with_cuped=not options["without_cuped"])
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
    """Say what each treatment would earn a month at full traffic, with its interval."""
    names = {variant.key: variant.name for variant in report.variants}
    for effect in report.monthly:
        if effect.shown and money_withheld(report, effect.variant) is None:
            amount = formatting.money(effect.shown.estimate, report.currency)
            low = formatting.money(effect.shown.low, report.currency)
            high = formatting.money(effect.shown.high, report.currency)
            yield f"{names[effect.variant]}: {amount} more a month at 100% traffic ({low} to {high})"


def as_export(report: Report) -> dict[str, Any]:
    """Return the metrics as plain figures, money in major units; ``null`` also where an interval has no end."""
    return {
        "experiment": report.experiment,
        "metrics": [exported(result, report.currency) for result in report.metrics],
    }


def exported(result: MetricResult, currency: str) -> dict[str, Any]:
    """Return one metric of one treatment."""
    unit = 1.0
    if result.unit == "money":
        unit = 10.0 ** money.decimals(currency)
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
        "final_control": scaled(result.shown.control, unit),
        "final_treatment": scaled(result.shown.treatment, unit),
        **bounds("final_lift", result.shown.lift, 1.0),
    }


def bounds(name: str, interval: Range | None, unit: float) -> dict[str, float | None]:
    """Return an interval as three figures."""
    if interval is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {
        name: scaled(interval.estimate, unit),
        f"{name}_low": scaled(interval.low, unit),
        f"{name}_high": scaled(interval.high, unit),
    }


def scaled(value: float | None, unit: float) -> float | None:
    """Return the value in the unit."""
    if value is None:
        return None
    return value / unit


def variant_table(report: Report) -> Table:
    """Show what each variant gathered; visitors alone while the report has no results yet."""
    table = Table(title=f"{report.visitors:,} {report.unit}s", box=SIMPLE_HEAD, padding=0)
    headings = [f"{report.unit.title()}s"]
    if report.awaited_orders is None:
        headings += ["Orders", "Net revenue", "Refunded"]
    table.add_column("Variant")
    for heading in headings:
        table.add_column(heading, justify="right")
    for variant in report.variants:
        name = variant.name
        if variant.is_control:
            name = f"{name} (control)"
        cells = [
            f"{variant.visitors:,}",
            f"{variant.orders:,}",
            formatting.money(variant.revenue_minor, report.currency),
            formatting.money(variant.refunded_minor, report.currency),
        ]
        table.add_row(name, *cells[: len(headings)])
    return table


def metric_table(report: Report, treatment: VariantCounts) -> Table:
    """Show every metric of one treatment against control; what needs more words stands below."""
    results = [result for result in report.metrics if result.variant == treatment.key]
    table = Table(
        title=f"{treatment.name}: {report.currency}, net of refunds, {counting(report)}",
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


def counting(report: Report) -> str:
    """Say what was done to order values before they were compared."""
    text = "not adjusted for cart value"
    if report.adjustment.is_used:
        text = "adjusted for cart value"
    if report.cap_minor is None:
        return text
    return f"{text}, orders counted up to {formatting.money(report.cap_minor, report.currency)}"


def metric_cells(result: MetricResult, currency: str) -> list[str]:
    """Return a metric's row."""
    main = result.main
    control, treatment, lift, p_value = NOTHING, NOTHING, NOTHING, NOTHING
    if main.unavailable != "missing_sums":
        control = figure(result, result.shown.control, currency)
        treatment = figure(result, result.shown.treatment, currency)
    if result.shown.lift:
        lift = formatting.lift(result.shown.lift.estimate)
    if main.p_value is not None:
        p_value = f"{main.p_value:.2g}"
    return [result.label, control, treatment, lift, interval(result.shown.lift), p_value]


def interval(lift: Range | None) -> str:
    """Return the ends of a lift's interval, where it has one."""
    if lift is None or lift.low is lift.high is None:
        return NOTHING
    return formatting.lift_range(lift)


def notes(results: Sequence[MetricResult]) -> Iterator[str]:
    """Say which test each p is of, and why some figures are missing."""
    tests: dict[str, list[str]] = {}
    for result in results:
        kind = result.main.unavailable or ""
        if result.main.p_value is not None:
            kind = f"p by {result.main.method}"
        tests.setdefault(kind.replace("_", " "), []).append(result.label)
    for kind, labels in tests.items():
        yield f" {kind}: {', '.join(labels)}"


def figure(result: MetricResult, value: float | None, currency: str) -> str:
    """Write a metric's value, as precisely as the metric's other values."""
    if value is None:
        return NOTHING
    if result.unit == "share":
        return f"{value:.2%}"
    digits, unit = 2, 1
    if result.unit == "money":
        digits = money.decimals(currency)
        unit = 10**digits
    is_small = abs(result.shown.control or result.shown.treatment or 0) < unit
    if is_small:
        digits = max(digits, SMALL_DIGITS)
    return f"{value / unit:,.{digits}f}"
