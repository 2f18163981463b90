"""What is simulated: which arms, under which truth, and how often each procedure is wrong or finds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from bench.procedures import PROCEDURES, Procedure, aov_statistic, rpv_statistic
from bench.traffic import NO_EFFECT, DrawnTraffic, PlainShop, TrueEffect, arrays, cumulate, draw
from experiments.statistics import error_spending_bounds
from experiments.statistics.sequential.confidence_sequence import BUYERS_FROM, mixture_rho

Verdicts: TypeAlias = NDArray[np.bool_]

ALPHA = 0.05
Z = float(-ndtri(ALPHA / 2))
LOOKS = 20
ONCE, EVERY_LOOK, DELTA = "fixed, at the end only", "fixed, at every look", "delta method, at every look"
PLANNED, ALWAYS = "group-sequential", "always-valid"
FEWEST_BUYERS = 10  # in an arm; below, the engine gives no result

REGULAR, HEAVY = PlainShop(), PlainShop(sigma=1.5)
EVEN, LARGE_CONTROL, LARGE_TREATMENT = (20_000, 20_000), (90_000, 10_000), (10_000, 90_000)
SIZES = ((2_000, 2_000), (5_000, 5_000), EVEN, (50_000, 50_000))
SPLITS = ((18_000, 2_000), (2_000, 18_000), LARGE_CONTROL, LARGE_TREATMENT)
SHIFTS = (TrueEffect(0.2, "conversion"), TrueEffect(-0.2, "conversion"))
RISES = (
    TrueEffect(0.1, "value"),
    TrueEffect(0.1, "conversion"),
    TrueEffect(0.1, "takers"),
    TrueEffect(0.1, "doublers"),
    TrueEffect(0.1, "add_on"),
)


@dataclass(frozen=True)
class StudyScenario:
    """Two arms' visitors, the shop they visit, and what the offer does."""

    sizes: tuple[int, int]
    shop: PlainShop = REGULAR
    effect: TrueEffect = NO_EFFECT

    def true_lift(self, metric: str) -> float:
        """The lift that the offer really has on a metric."""
        if metric == "aov":
            return self.effect.aov_lift
        if metric == "conversion":
            return self.effect.lift - self.effect.aov_lift
        return self.effect.lift


@dataclass(frozen=True)
class StudyFinding:
    """How a procedure fared in a scenario, in shares of the replicates.

    ``low``, ``high``: the truth was rejected because the estimate was too low or too high for it. ``power``: no effect
    was rejected; ``None`` where there is no effect.
    """

    scenario: StudyScenario
    metric: str
    procedure: str
    low: float
    high: float
    power: float | None

    @property
    def error(self) -> float:
        """How often the truth was rejected: 1 - coverage."""
        return self.low + self.high


@dataclass(frozen=True)
class Looks:
    """Shares of tests that had ever rejected "no effect" by each look."""

    scenario: StudyScenario
    metric: str
    rule: str
    ever: tuple[float, ...]


NULLS = [
    *(StudyScenario(sizes, shop) for shop in (REGULAR, HEAVY) for sizes in (*SIZES, *SPLITS)),
    *(
        StudyScenario(sizes, shop, effect)
        for shop in (REGULAR, HEAVY)
        for effect in SHIFTS
        for sizes in (EVEN, *SPLITS[2:])
    ),
]
ALTERNATIVES = [
    StudyScenario(sizes, shop, effect)
    for shop in (REGULAR, HEAVY)
    for effect in RISES
    for sizes in (EVEN, LARGE_CONTROL, LARGE_TREATMENT)
]

LOOKING = [
    StudyScenario(EVEN),
    StudyScenario(EVEN, HEAVY),
    StudyScenario(LARGE_CONTROL, HEAVY),
    StudyScenario(EVEN, REGULAR, TrueEffect(0.3)),
]


def examine(
    scenario: StudyScenario,
    replicates: int,
    random: np.random.Generator,
    *,
    by_metric: Mapping[str, Mapping[str, Procedure]] = PROCEDURES,
) -> list[StudyFinding]:
    """Simulate a scenario and hold every procedure against its truth."""
    control = draw(scenario.sizes[0], replicates, random, shop=scenario.shop)
    treatment = draw(scenario.sizes[1], replicates, random, shop=scenario.shop, effect=scenario.effect)
    findings = []
    for metric, procedures in by_metric.items():
        for name, procedure in procedures.items():
            finding = _finding(scenario, metric, name=name, procedure=procedure, control=control, treatment=treatment)
            findings.append(finding)
    return findings


def _finding(
    scenario: StudyScenario,
    metric: str,
    *,
    name: str,
    procedure: Procedure,
    control: DrawnTraffic,
    treatment: DrawnTraffic,
) -> StudyFinding:
    lift = scenario.true_lift(metric)
    at_truth = procedure(control, treatment, lift)
    # Without an effect there is nothing to find: what is rejected is error, not power.
    power = None
    if lift:
        power = float(np.mean(np.abs(procedure(control, treatment, 0.0)) > Z))
    return StudyFinding(
        scenario=scenario,
        metric=metric,
        procedure=name,
        low=float(np.mean(at_truth < -Z)),
        high=float(np.mean(at_truth > Z)),
        power=power,
    )


def look_early(scenario: StudyScenario, tests: int, random: np.random.Generator) -> list[Looks]:
    """Read tests at twenty equally spaced looks by different rules."""
    control = _by_look(scenario, scenario.sizes[0], NO_EFFECT, tests=tests, random=random)
    treatment = _by_look(scenario, scenario.sizes[1], scenario.effect, tests=tests, random=random)
    read = []
    for metric in ("rpv", "aov"):
        for rule, rejects in _rejections(metric, control, treatment).items():
            # A test that has rejected at a look has done so at all later ones.
            ever = np.maximum.accumulate(rejects, axis=1)
            read.append(Looks(scenario, metric, rule, tuple(ever.mean(axis=0).tolist())))
    return read


def _by_look(
    scenario: StudyScenario, n: int, effect: TrueEffect, *, tests: int, random: np.random.Generator
) -> DrawnTraffic:
    """Draw an arm of so many visitors as it is at each look."""
    return cumulate(draw(n // LOOKS, tests * LOOKS, random, shop=scenario.shop, effect=effect), LOOKS)


def _rejections(metric: str, control: DrawnTraffic, treatment: DrawnTraffic) -> dict[str, Verdicts]:
    """Per rule, whether it rejects "no effect": (tests, looks)."""
    fewest = np.minimum(control.buyers, treatment.buyers)
    shape = fewest.shape
    flat = _flat(control), _flat(treatment)
    with np.errstate(divide="ignore", invalid="ignore"):  # a look without orders, which no rule below reads
        score, delta = (np.abs(PROCEDURES[metric][name](*flat, 0.0)).reshape(shape) for name in ("score", "delta"))
        always_valid = _always_valid(metric, *flat).reshape(shape)
    bounds = error_spending_bounds([(look + 1) / LOOKS for look in range(LOOKS)], alpha=ALPHA)
    enough = fewest >= FEWEST_BUYERS
    at_the_end = np.arange(LOOKS) == LOOKS - 1
    return {
        ONCE: (score > Z) & at_the_end,
        EVERY_LOOK: (score > Z) & enough,
        DELTA: (delta > Z) & enough,
        PLANNED: (score >= bounds) & enough,
        ALWAYS: always_valid & (fewest >= BUYERS_FROM),
    }


def _flat(traffic: DrawnTraffic) -> DrawnTraffic:
    orders = {}
    for name, values in traffic.orders._asdict().items():
        orders[name] = np.ravel(values)
    return DrawnTraffic(np.ravel(traffic.buyers), arrays(**orders))


def _always_valid(metric: str, control: DrawnTraffic, treatment: DrawnTraffic) -> Verdicts:
    """Whether the engine's mixture p-value is below alpha, for its own estimate and standard error."""
    if metric == "rpv":
        statistic_of = rpv_statistic
        of_control = control.orders.y / control.orders.n
        of_treatment = treatment.orders.y / treatment.orders.n
    else:
        statistic_of = aov_statistic
        of_control = control.orders.y / control.orders.d
        of_treatment = treatment.orders.y / treatment.orders.d
    noise = statistic_of(control, treatment, np.log(of_treatment / of_control)).noise
    error = np.sqrt(np.asarray(noise.error_c) + np.asarray(noise.error_t))
    visitors = np.asarray(control.orders.n) + np.asarray(treatment.orders.n)
    spread = visitors * mixture_rho(visitors.max() / 2, ALPHA) ** 2
    z = (of_treatment - of_control) / error
    return np.asarray(0.5 * (z * z * spread / (1 + spread) - np.log1p(spread)) >= log(1 / ALPHA))
