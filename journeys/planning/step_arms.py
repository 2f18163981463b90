"""Which variant a contact gets at a step that is a test: by the customer's key, whatever the device."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from experiments.accounting.send_points import exposed_variants
from experiments.assignment.allocation import Split, WeightedVariant, assign_customer
from experiments.models import Experiment, Status, Variant
from journeys.models import JourneyStep, SendVerdict


@dataclass(frozen=True, slots=True)
class StepArm:
    """What a contact gets. ``is_exposed``: the send point is an exposure of the step's test."""

    verdict: SendVerdict
    variant: Variant | None = None
    is_exposed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTest:
    """A running test: its variants, and by customer's key those whom it exposed before."""

    experiment: Experiment
    split: Split
    variants: Mapping[str, Variant]
    exposed: Mapping[str, int] = field(default_factory=dict)

    def variant_of(self, customer_key: str) -> Variant | None:
        """Return the contact's variant; None where the contact isn't in the test's share of the traffic."""
        before = self.exposed.get(customer_key)
        for variant in self.variants.values():
            if variant.pk == before:
                return variant
        experiment = self.experiment
        key = assign_customer(experiment.salt, customer_key, experiment.served_share, self.split)
        return self.variants.get(key)


WAITING = frozenset({Status.DRAFT, Status.SCHEDULED, Status.PAUSED})  # the step goes on once its test does
SEND = StepArm(SendVerdict.SEND)
CONTROL = StepArm(SendVerdict.CONTROL)
NOT_INCLUDED = StepArm(SendVerdict.NOT_INCLUDED)
TEST_ENDED = StepArm(SendVerdict.TEST_ENDED)


def step_tests(steps: Iterable[JourneyStep], customer_keys: Mapping[int, Collection[str]]) -> dict[int, StepTest]:
    """Return the running test of each step that has one, by the step's row ID.

    ``customer_keys`` are the contacts who are at each step: those exposed before keep their variant.
    """
    tests = {}
    for step in steps:
        experiment = step.experiment
        if experiment is None or experiment.status != Status.RUNNING:
            continue
        variants, weighted = {}, []
        for variant in experiment.variants.all():
            variants[variant.key] = variant
            weighted.append(WeightedVariant(variant.key, variant.weight))
        tests[step.pk] = StepTest(
            experiment=experiment,
            split=Split(weighted),
            variants=variants,
            exposed=exposed_variants(experiment, customer_keys.get(step.pk, ())),
        )
    return tests


def arm_of(step: JourneyStep, test: StepTest | None, customer_key: str, *, is_control: bool) -> StepArm:
    """Return what a contact gets at a step. ``is_control``: an earlier step gave the contact its control, and what
    follows that step belongs to its treatment."""
    if is_control:
        return CONTROL
    if step.experiment is None:
        return SEND
    if test is None:
        return arm_after_test(step.experiment)
    variant = test.variant_of(customer_key)
    if variant is None:
        return NOT_INCLUDED
    verdict = SendVerdict.SEND
    if step.is_silent(variant):
        verdict = SendVerdict.CONTROL
    return StepArm(verdict, variant, is_exposed=True)


def arm_after_test(experiment: Experiment) -> StepArm:
    """Return what everybody gets once the test is over: its winner, if one was rolled out."""
    winner = experiment.rolled_out_variant
    if experiment.status != Status.CONCLUDED or winner is None:
        return TEST_ENDED
    return StepArm(SendVerdict.SEND, winner)
