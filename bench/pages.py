"""What the simulation found, as tables and pictures for docs/statistics.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.bars import MONEY, NAMES, Results, Size, by_scenario, label, misses, ours, points, standard_error
from bench.carts import CartAdjustment
from bench.charts import ChartSeries, Mark, Panel, dots, lines
from bench.figures import as_list
from bench.studies import ALWAYS, DELTA, EVERY_LOOK, ONCE, PLANNED, Looks, StudyFinding

BEGIN, END = "<!-- calibration:begin -->", "<!-- calibration:end -->"
PROCEDURES = {"score": "ours", "welch": "Welch, Fieller", "delta": "delta-method lift"}
STYLES: dict[str, tuple[str, Mark]] = {
    "delta": ("#9ca3af", "diamond"),
    "welch": ("#d97706", "square"),
    "score": ("#2563eb", "circle"),
}
LOOK_STYLES: dict[str, tuple[str, Mark]] = {
    EVERY_LOOK: ("#d97706", "square"),
    DELTA: ("#9ca3af", "diamond"),
    PLANNED: ("#2563eb", "circle"),
    ALWAYS: ("#059669", "circle"),
}


def markdown(results: Results, size: Size, seed: int) -> str:
    """Return the measured part of the page."""
    replicates = size.nulls, size.alternatives, size.looks, size.carts
    errors = [points(standard_error(0.05, count), 2) for count in replicates]
    return "\n\n".join(
        [
            f"Simulated with seed {seed}: {size.nulls:,} tests per row without an effect, {size.alternatives:,} with "
            f"one, {size.looks:,} read at twenty looks, {size.carts:,} with cart values. One standard error of a "
            f"share near 5% is {', '.join(errors[:-1])} and {errors[-1]} points.",
            "#### How often the truth is rejected (should be 5%)",
            "![Error of ours, Welch's and the delta method, by scenario](images/calibration-errors.svg)",
            "Low + high: the truth was rejected because the estimate was too low, or too high, for it.",
            _null_table(results.nulls),
            "#### A real +10%: how often its interval holds the truth, and how often it is found",
            _alternative_table(results.alternatives),
            '#### Twenty looks: how often a test has ever said "there is an effect"',
            "![False alarms by look](images/calibration-looks.svg)",
            _looks_table(results.looks),
            "#### With the cart's value as covariate (CUPED), 4,000 visitors per arm",
            _cart_table(results.carts),
            "#### Bars that are missed",
            _missed(misses(results, size)),
        ]
    )


def headline(results: Results) -> dict[str, float]:
    """Return the figures that say it all."""
    figures: dict[str, float] = {}

    def note(name: str, value: float) -> None:
        figures[name] = round(value, 4)

    for procedure in PROCEDURES:
        errors = _errors_on_money(results.nulls, procedure)
        note(f"error_{procedure}_min", min(errors))
        note(f"error_{procedure}_max", max(errors))
    tails: list[float] = []
    for finding in ours(results.nulls):
        tails += [finding.low, finding.high]
    note("tail_score_max", max(tails))
    coverage = [1 - finding.error for finding in ours(results.alternatives)]
    note("coverage_min", min(coverage))
    note("coverage_max", max(coverage))
    for looks in _looks_shown(results):
        rule = looks.rule.replace(" ", "_").replace(",", "")
        note(f"ever_{rule}", looks.ever[-1])
    return figures


def _looks_shown(results: Results) -> Sequence[Looks]:
    """Return the first scenario's RPV, which is simulated first, by each rule."""
    first = results.looks[0]
    return [found for found in results.looks if (found.scenario, found.metric) == (first.scenario, first.metric)]


def _errors_on_money(findings: Sequence[StudyFinding], procedure: str) -> list[float]:
    """List the shares of false alarms of a procedure on money."""
    errors = []
    for finding in findings:
        if finding.procedure == procedure and finding.metric in MONEY:
            errors.append(finding.error)
    return errors


def pictures(results: Results) -> dict[str, str]:
    """Return the page's pictures by file name."""
    return {
        "calibration-errors.svg": _picture_of_errors(results.nulls),
        "calibration-looks.svg": _picture_of_looks(_looks_shown(results)),
    }


def _picture_of_errors(findings: Sequence[StudyFinding]) -> str:
    """Draw a panel for each metric of money, with the scenarios without an effect below one another."""
    nulls = [finding for finding in findings if not finding.scenario.effect.lift]
    scenarios: list[str] = []
    for finding in nulls:
        name = label(finding.scenario)
        # a scenario has a finding for each metric and procedure
        if name not in scenarios:
            scenarios.append(name)
    panels = [_panel(metric, nulls) for metric in MONEY]
    return dots("Tests without an effect that claim one", scenarios, panels, highest=18, band=(2.4, 5.8))


def _picture_of_looks(looks: Sequence[Looks]) -> str:
    series = []
    for found in looks:
        # a test that is read once has no line from look to look
        if found.rule != ONCE:
            series.append(ChartSeries(found.rule, *LOOK_STYLES[found.rule], _in_percent(found.ever)))
    title = "RPV tests without an effect that have ever claimed one"
    return lines(title, series, highest=35, target=5, across="look")


def write(docs: Path, page: str, images: dict[str, str]) -> None:
    """Put the page between its markers in statistics.md and the pictures beside it."""
    target = docs / "statistics.md"
    before, _, rest = target.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    target.write_text(f"{before}{BEGIN}\n\n{page}\n\n{END}{after}")
    (docs / "images").mkdir(exist_ok=True)
    for name, image in images.items():
        (docs / "images" / name).write_text(image)


def _panel(metric: str, findings: Sequence[StudyFinding]) -> Panel:
    """Show the false alarms on a metric, a series for each procedure."""
    series = []
    for name in STYLES:
        of_procedure = []
        for finding in findings:
            if (finding.metric, finding.procedure) == (metric, name):
                of_procedure.append(finding.error)
        series.append(ChartSeries(PROCEDURES[name], *STYLES[name], _in_percent(of_procedure)))
    return Panel(NAMES[metric], series)


def _in_percent(shares: Sequence[float]) -> list[float]:
    return [100 * share for share in shares]


def _null_table(findings: Sequence[StudyFinding]) -> str:
    head = [
        "visitors, order values, change",
        "RPV ours",
        "AOV ours",
        "RPV Welch",
        "AOV Welch",
        "RPV delta",
        "AOV delta",
        "conversion",
    ]
    rows = []
    for scenario, of in by_scenario(findings):
        cells = [label(scenario)]
        for metric in MONEY:
            cells.append(_tails(of[metric, "score"]))
        for name in ("welch", "delta"):
            for metric in MONEY:
                cells.append(points(of[metric, name].error))
        rows.append([*cells, points(of["conversion", "score"].error)])
    return _table(head, rows)


def _alternative_table(findings: Sequence[StudyFinding]) -> str:
    head = [
        "visitors, order values, how",
        "RPV holds",
        "found",
        "Welch holds",
        "found",
        "AOV holds",
        "found",
        "Welch holds",
        "found",
    ]
    rows = []
    for scenario, of in by_scenario(findings):
        cells = [label(scenario)]
        for metric in MONEY:
            for name in ("score", "welch"):
                finding = of[metric, name]
                cells += [points(1 - finding.error), "" if finding.power is None else points(finding.power)]
        rows.append(cells)
    return _table(head, rows)


def _looks_table(looks: Sequence[Looks]) -> str:
    rules: list[str] = []
    rows: dict[tuple[str, str], list[str]] = {}
    for found in looks:
        if found.rule not in rules:
            rules.append(found.rule)
        row = rows.setdefault((label(found.scenario), NAMES[found.metric]), [])
        row.append(points(found.ever[-1]))
    table = []
    for names, cells in rows.items():
        table.append([*names, *cells])
    return _table(["visitors, order values", "", *rules], table)


def _cart_table(carts: Sequence[CartAdjustment]) -> str:
    head = [
        "buyers",
        "correlation",
        "",
        "error without",
        "error with",
        "effect",
        "found without",
        "found with",
        "variance left",
        "as if visitors",
    ]
    return _table(head, list(map(_cart_row, carts)))


def _cart_row(cart: CartAdjustment) -> list[str]:
    return [
        f"{cart.shop.conversion:.0%}",
        str(cart.shop.correlation),
        NAMES[cart.metric],
        points(cart.plain_error),
        points(cart.error),
        f"{cart.lift:+.0%}",
        points(cart.plain_power),
        points(cart.power),
        f"{1 - cart.variance_reduction:.2f}",
        f"{cart.multiple:.2f} times",
    ]


def _missed(lines: Sequence[str]) -> str:
    if not lines:
        return "None."
    return as_list(lines)


def _tails(finding: StudyFinding) -> str:
    return f"{points(finding.low)} + {points(finding.high)} = **{points(finding.error)}**"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = []
    for cells in (head, ["---", *["---:"] * (len(head) - 1)], *rows):
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
