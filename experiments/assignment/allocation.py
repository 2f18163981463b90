"""Who takes part, in which variant, and who never sees an offer.

Each question has its own purpose in the hash, so that the answers are independent: ramping the traffic share up or
down moves nobody between variants, and the holdout is a fair sample of every variant.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.assignment.hashing import bucket


@dataclass(frozen=True, slots=True)
class WeightedVariant:
    """A variant's share of the visitors: its weight over the sum of all weights."""

    key: str
    weight: int


def is_included(salt: str, visitor_id: str, traffic_share: float) -> bool:
    """Whether the visitor takes part in the experiment; ``traffic_share`` from 0 (nobody) to 1 (everybody)."""
    return traffic_share >= 1 or bucket(salt, "include", visitor_id) < traffic_share


class Split:
    """How the arms share the visitors out, with their weights added up once: every visitor asks.

    They divide [0, 1) into half-open ranges in the order given (control first, then by age, as
    ``Variant.Meta.ordering`` has it).
    """

    def __init__(self, arms: Sequence[WeightedVariant]) -> None:
        self.keys = [arm.key for arm in arms]
        self.ends = [0]
        for arm in arms:
            self.ends.append(self.ends[-1] + arm.weight)
        self.total = self.ends[-1]

    def choose(self, salt: str, visitor_id: str) -> str:
        """Return the key of the visitor's variant. Raises ``ValueError`` where no arm has a positive weight."""
        if self.total <= 0:
            raise ValueError("No variant has a positive weight.")
        point = bucket(salt, "variant", visitor_id) * self.total  # below the end: see LARGEST
        # An arm without weight ends where it begins: ``bisect_right`` passes over it.
        return self.keys[bisect_right(self.ends, point) - 1]


def choose_variant(salt: str, visitor_id: str, arms: Sequence[WeightedVariant]) -> str:
    """Return the key of the visitor's variant among these arms. Raises ``ValueError`` like ``Split.choose``."""
    return Split(arms).choose(salt, visitor_id)


def is_held_out(store_salt: str, visitor_id: str, share: float) -> bool:
    """Whether the visitor belongs to the store's holdout, which sees no offer of any experiment.

    ``store_salt`` is the store's slug, ``share`` from 0 to 1.
    """
    return share > 0 and bucket(store_salt, "holdout", visitor_id) < share


def is_message_held_out(store_salt: str, customer_key: str, share: float) -> bool:
    """Whether the customer belongs to those who get no message of any journey of the store.

    Another sample than the store's holdout, which is of visitors. ``store_salt`` is the store's slug, ``customer_key``
    the one that the customer was first assigned by, ``share`` from 0 to 1.
    """
    return share > 0 and bucket(store_salt, "message_holdout", customer_key) < share


def assign_customer(salt: str, customer_key: str, traffic_share: float, split: Split) -> str:
    """Return the key of the customer's variant; empty where the customer doesn't take part.

    The customer's key, without a prefix, is hashed as a visitor's ID is: the same purposes, so that ramping up moves
    nobody. Raises ``ValueError`` like ``Split.choose``.
    """
    if not is_included(salt, customer_key, traffic_share):
        return ""
    return split.choose(salt, customer_key)
