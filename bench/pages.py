"""What the simulation found, as tables and pictures for docs/statistics.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

from bench.carts import Adjustment
from bench.charts import Mark, Panel, Series, dots, lines
from bench.studies import ALWAYS, DELTA, EVERY_LOOK, ONCE, PLANNED, Finding, Looks, Scenario

BEGIN, END = "<!-- calibration:begin -->", "<!-- calibration:end -->"
MONEY = ("rpv", "aov")
NAMES = {"rpv": "RPV", "aov": "AOV", "conversion": "conversion"}
PROCEDURES = {"score": "ours", "welch": "Welch, Fieller", "delta": "delta-method lift"}
MECHANISMS = {
    "value": "every order +10%",
    "conversion": "10% more buyers",
    "takers": "1 in 10 adds an item",
    "doublers": "1 in 10 doubles the order",
    "add_on": "same amount on every order",
}
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
HIGHEST_ERROR, LOWEST_ERROR, HIGHEST_TAIL = 0.058, 0.024, 0.034
COVERAGE = (0.94, 0.97)


@dataclass(frozen=True)
class Size:
    """Replicates per scenario of each study."""

    nulls: int
    alternatives: int
    looks: int
    carts: int


@dataclass(frozen=True)
class Results:
    """Everything that the page is written from."""

    nulls: list[Finding]
    alternatives: list[Finding]
    looks: list[Looks]
    carts: list[Adjustment]


def markdown(results: Results, size: Size, seed: int) -> str:
    """Return the measured part of the page."""
    return "\n\n".join(
        [
            f"Simulated with seed {seed}: {size.nulls:,} tests per row without an effect, {size.alternatives:,} with "
            f"one, {size.looks:,} read at twenty looks, {size.carts:,} with cart values. One standard error of a "
            f"share near 5% is {_points(_error(0.05, size.nulls), 2)}, {_points(_error(0.05, size.alternatives), 2)}, "
            f"{_points(_error(0.05, size.looks), 2)} and {_points(_error(0.05, size.carts), 2)} points.",
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


def misses(results: Results, size: Size) -> list[str]:
    """Return a line for every requirement that a money test of ours does not meet."""
    found = [
        f"{_scenario(f.scenario)}, {NAMES[f.metric]}: error {_points(f.error)}% "
        f"({_points(f.low)} low, {_points(f.high)} high)"
        for f in ours(results.nulls)
        if not LOWEST_ERROR <= f.error <= HIGHEST_ERROR or max(f.low, f.high) > HIGHEST_TAIL
    ]
    found += [
        f"{_scenario(f.scenario)}, {NAMES[f.metric]}: a true {f.scenario.true_lift(f.metric):+.0%} is covered in "
        f"{_points(1 - f.error)}%"
        for f in ours(results.alternatives)
        if not COVERAGE[0] <= 1 - f.error <= COVERAGE[1]
    ]
    found += [
        f"{_scenario(looks.scenario)}, {NAMES[looks.metric]}, {looks.rule}: {_points(looks.ever[-1])}% ever"
        for looks in results.looks
        if looks.rule in (PLANNED, ALWAYS)
        and not looks.scenario.effect.lift
        and looks.ever[-1] > 0.05 + 3 * _error(0.05, size.looks)
    ]
    return found


def ours(findings: Iterable[Finding]) -> list[Finding]:
    """The engine's own tests of money."""
    return [f for f in findings if f.procedure == "score" and f.metric in MONEY]


def headline(results: Results) -> dict[str, float]:
    """Return the figures that say it all."""
    errors = {
        name: [f.error for f in results.nulls if f.procedure == name and f.metric in MONEY] for name in PROCEDURES
    }
    coverage = [1 - f.error for f in ours(results.alternatives)]
    tails = [max(f.low, f.high) for f in ours(results.nulls)]
    figures = {f"error_{name}_{end.__name__}": end(values) for name, values in errors.items() for end in (min, max)}
    figures |= {"tail_score_max": max(tails), "coverage_min": min(coverage), "coverage_max": max(coverage)}
    ever = {looks.rule: looks.ever[-1] for looks in results.looks[:5]}
    figures |= {f"ever_{rule.replace(' ', '_').replace(',', '')}": share for rule, share in ever.items()}
    return {name: round(value, 4) for name, value in figures.items()}


def pictures(results: Results) -> dict[str, str]:
    """Return the page's pictures by file name."""
    nulls = [f for f in results.nulls if not f.scenario.effect.lift]
    labels = list(dict.fromkeys(_scenario(f.scenario) for f in nulls))
    panels = [
        Panel(
            NAMES[metric],
            [
                _series(name, [100 * f.error for f in nulls if (f.metric, f.procedure) == (metric, name)])
                for name in STYLES
            ],
        )
        for metric in MONEY
    ]
    looks = [found for found in results.looks[:5] if found.rule != ONCE]
    series = [Series(found.rule, *LOOK_STYLES[found.rule], [100 * share for share in found.ever]) for found in looks]
    return {
        "calibration-errors.svg": dots(
            "Tests without an effect that claim one", labels, panels, highest=18, band=(2.4, 5.8)
        ),
        "calibration-looks.svg": lines(
            "RPV tests without an effect that have ever claimed one", series, highest=35, target=5, across="look"
        ),
    }


def write(docs: Path, page: str, images: dict[str, str]) -> None:
    """Put the page between its markers in statistics.md and the pictures beside it."""
    target = docs / "statistics.md"
    before, _, rest = target.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    target.write_text(f"{before}{BEGIN}\n\n{page}\n\n{END}{after}")
    (docs / "images").mkdir(exist_ok=True)
    for name, image in images.items():
        (docs / "images" / name).write_text(image)


def _series(name: str, values: Sequence[float]) -> Series:
    return Series(PROCEDURES[name], *STYLES[name], values)


def _null_table(findings: Sequence[Finding]) -> str:
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
    for scenario, of in _by_scenario(findings):
        tails = [_tails(of[metric, "score"]) for metric in MONEY]
        others = [_points(of[metric, name].error) for name in ("welch", "delta") for metric in MONEY]
        rows.append([_scenario(scenario), *tails, *others, _points(of["conversion", "score"].error)])
    return _table(head, rows)


def _alternative_table(findings: Sequence[Finding]) -> str:
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
    for scenario, of in _by_scenario(findings):
        cells = [_scenario(scenario)]
        for metric in MONEY:
            for name in ("score", "welch"):
                finding = of[metric, name]
                cells += [_points(1 - finding.error), "" if finding.power is None else _points(finding.power)]
        rows.append(cells)
    return _table(head, rows)


def _looks_table(looks: Sequence[Looks]) -> str:
    rules = list(dict.fromkeys(found.rule for found in looks))
    rows: dict[tuple[str, str], list[str]] = {}
    for found in looks:
        rows.setdefault((_scenario(found.scenario), NAMES[found.metric]), []).append(_points(found.ever[-1]))
    return _table(["visitors, order values", "", *rules], [[*key, *cells] for key, cells in rows.items()])


def _cart_table(carts: Sequence[Adjustment]) -> str:
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
    return _table(
        head,
        [
            [
                f"{a.shop.conversion:.0%}",
                str(a.shop.correlation),
                NAMES[a.metric],
                _points(a.plain_error),
                _points(a.error),
                f"{a.lift:+.0%}",
                _points(a.plain_power),
                _points(a.power),
                f"{1 - a.variance_reduction:.2f}",
                f"{a.multiple:.2f} times",
            ]
            for a in carts
        ],
    )


def _missed(lines: Sequence[str]) -> str:
    if not lines:
        return "None."
    return "\n".join(f"- {line}" for line in lines)


def _by_scenario(findings: Sequence[Finding]) -> list[tuple[Scenario, dict[tuple[str, str], Finding]]]:
    grouped: dict[Scenario, dict[tuple[str, str], Finding]] = {}
    for finding in findings:
        grouped.setdefault(finding.scenario, {})[finding.metric, finding.procedure] = finding
    return list(grouped.items())


def _scenario(scenario: Scenario) -> str:
    control, treatment = (f"{n // 1000}k" for n in scenario.sizes)
    name = f"{control} : {treatment}, {'heavy' if scenario.shop.sigma > 1 else 'regular'}"
    effect = scenario.effect
    if not effect.lift:
        return name
    return f"{name}, " + (
        MECHANISMS[effect.mechanism] if effect.lift == 0.1 else f"{effect.mechanism} {effect.lift:+.0%}"
    )


def _tails(finding: Finding) -> str:
    return f"{_points(finding.low)} + {_points(finding.high)} = **{_points(finding.error)}**"


def _points(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f}"


def _error(share: float, replicates: int) -> float:
    return sqrt(share * (1 - share) / replicates)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
