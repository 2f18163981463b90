"""What the statistics are held to, and what a simulation found that misses it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from bench.carts import CartAdjustment
from bench.studies import ALWAYS, ONCE, PLANNED, Looks, StudyFinding, StudyScenario

MONEY = ("rpv", "aov")
NAMES = {"rpv": "RPV", "aov": "AOV", "conversion": "conversion"}
MECHANISMS = {
    "value": "every order +10%",
    "conversion": "10% more buyers",
    "takers": "1 in 10 adds an item",
    "doublers": "1 in 10 doubles the order",
    "add_on": "same amount on every order",
}
HIGHEST_ERROR, LOWEST_ERROR, HIGHEST_TAIL = 0.058, 0.024, 0.034
COVERAGE, KEPT_POWER = (0.94, 0.97), 0.95


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

    nulls: list[StudyFinding]
    alternatives: list[StudyFinding]
    looks: list[Looks]
    carts: list[CartAdjustment]


def misses(results: Results, size: Size) -> list[str]:
    """Return a line for every requirement that is not met."""
    return [
        *_missed_errors(results.nulls),
        *_missed_coverage(results.alternatives),
        *_missed_power(results.alternatives),
        *_missed_looks(results.looks, 3 * standard_error(0.05, size.looks)),
    ]


def _missed_errors(findings: Sequence[StudyFinding]) -> list[str]:
    missed = []
    for finding in ours(findings):
        is_error_right = LOWEST_ERROR <= finding.error <= HIGHEST_ERROR
        if not is_error_right or max(finding.low, finding.high) > HIGHEST_TAIL:
            missed.append(
                f"{title(finding)}: error {points(finding.error)}% "
                f"({points(finding.low)} low, {points(finding.high)} high)."
            )
    return missed


def _missed_coverage(findings: Sequence[StudyFinding]) -> list[str]:
    missed = []
    for finding in ours(findings):
        covered = 1 - finding.error
        if not COVERAGE[0] <= covered <= COVERAGE[1]:
            missed.append(f"{title(finding)}: the interval holds the truth in {points(covered)}%.")
    return missed


def title(finding: StudyFinding) -> str:
    """Name the scenario and the metric."""
    return f"{label(finding.scenario)}, {NAMES[finding.metric]}"


def _missed_power(findings: Sequence[StudyFinding]) -> list[str]:
    """At least Welch's power, within a point where arms are equal, wherever treatment is not the larger arm."""
    missed = []
    for scenario, of in by_scenario(findings):
        control, treatment = scenario.sizes
        if control < treatment:
            continue
        room = 0.0
        if control == treatment:
            room = 0.01
        for metric in MONEY:
            found, by_welch = of[metric, "score"].power, of[metric, "welch"].power
            if found is not None and by_welch is not None and found < by_welch - room:
                missed.append(
                    f"{label(scenario)}, {NAMES[metric]}: found in {points(found)}%, by Welch in "
                    f"{points(by_welch)}%, whose interval holds the truth in {points(1 - of[metric, 'welch'].error)}%."
                )
    return missed


def _missed_looks(looks: Sequence[Looks], room: float) -> list[str]:
    """At most the error rate without an effect; with one, planned looks keep their share of a single look's power."""
    missed = []
    once = {}
    for found in looks:
        if found.rule == ONCE:
            once[found.scenario, found.metric] = found.ever[-1]
    for found in looks:
        name, ever = f"{label(found.scenario)}, {NAMES[found.metric]}, {found.rule}", found.ever[-1]
        if not found.scenario.effect.lift:
            if found.rule in (PLANNED, ALWAYS) and ever > 0.05 + room:
                missed.append(f"{name}: {points(ever)}% ever.")
        elif found.rule == PLANNED and ever < KEPT_POWER * once[found.scenario, found.metric]:
            missed.append(
                f"{name}: finds {points(ever)}%, a single look {points(once[found.scenario, found.metric])}%."
            )
    return missed


def ours(findings: Iterable[StudyFinding]) -> list[StudyFinding]:
    """The engine's own tests of money."""
    return [f for f in findings if f.procedure == "score" and f.metric in MONEY]


def by_scenario(findings: Sequence[StudyFinding]) -> list[tuple[StudyScenario, dict[tuple[str, str], StudyFinding]]]:
    """Group findings by scenario, each by metric and procedure."""
    grouped: dict[StudyScenario, dict[tuple[str, str], StudyFinding]] = {}
    for finding in findings:
        grouped.setdefault(finding.scenario, {})[finding.metric, finding.procedure] = finding
    return list(grouped.items())


def label(scenario: StudyScenario) -> str:
    """Name a scenario: visitors in control and treatment, order values, what the offer does."""
    control, treatment = scenario.sizes
    values = "heavy" if scenario.shop.sigma > 1 else "regular"
    name = f"{control // 1000}k : {treatment // 1000}k, {values}"
    effect = scenario.effect
    if not effect.lift:
        return name
    if effect.lift == 0.1:
        return f"{name}, {MECHANISMS[effect.mechanism]}"
    return f"{name}, {effect.mechanism} {effect.lift:+.0%}"


def points(share: float, digits: int = 1) -> str:
    """Write a share in percent, without the sign."""
    return f"{100 * share:.{digits}f}"


def standard_error(share: float, replicates: int) -> float:
    """Return the Monte Carlo error of a share."""
    return sqrt(share * (1 - share) / replicates)
