"""The store's holdout in a simulation."""

from dataclasses import dataclass

from experiments.models import Experiment, Source, Status, Store


@dataclass(frozen=True, slots=True)
class Holdout:
    """The store's holdout experiment, by the ids of its variants."""

    experiment_id: int
    held_out_id: int
    offers_id: int


def holdout_of(store: Store) -> Holdout | None:
    """The store's holdout experiment, where it has one."""
    running = Experiment.with_holdouts.filter(store=store, source=Source.HOLDOUT, status=Status.RUNNING).first()
    if running is None:
        return None
    # the control is held out: variants come with their control first
    control, treatment = running.variants.all()
    return Holdout(running.pk, control.pk, treatment.pk)
