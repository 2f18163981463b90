"""What the edge knows of all stores while it answers.

Immutable, built by ``loading.py``, held by ``live_configuration.py``.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Any

from msgspec import Raw, Struct
from msgspec.structs import force_setattr

from checkout_widgets.edge.pairs import Pairing
from checkout_widgets.edge.question import QuestionConfiguration
from checkout_widgets.edge.widget_configuration import OfferConfiguration, WidgetConfiguration
from checkout_widgets.held_products import ProductsOfShoppers
from checkout_widgets.send_points_today import SendPointsToday
from checkout_widgets.shopper_answers import AnswersOfShoppers
from checkout_widgets.shopper_stages import StagesOfShoppers
from experiments import retired_secrets
from experiments.assignment.allocation import Split, WeightedVariant
from experiments.assignment.targeting import Rule
from experiments.retired_secrets import Expiring

CountedMoment = tuple[str, int | None, str]  # moment, experiment, reason


class SignedOffer(Struct, array_like=True, frozen=True):
    """What a token says of the second offer of a sequence: its id, and its price and those of its tiers."""

    offer_id: int
    price_minor: int
    tier_prices: dict[int, int] = {}


class SignedPairs(Struct, array_like=True, frozen=True):
    """What a token says of pairs: their version, what is sold (SKU and price), and the SKUs that each arm would
    show."""

    version: int
    sold: tuple[tuple[str, int], ...]
    would_show: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class VariantConfiguration:
    """An arm of an experiment; the control has no widget, nor has what the page shows itself.

    ``decisions`` keeps what was put together for a locale and a device: see ``decide_answer.py``. The last four are of
    the widget's offer and of those that come second, for the tokens of all who see it.
    """

    id: int
    key: str
    is_control: bool
    widget: WidgetConfiguration | None
    is_page_own: bool = False
    decisions: dict[tuple[str | None, str | None], Any] = field(default_factory=dict, compare=False, repr=False)
    offer_id: int | None = field(init=False, compare=False, repr=False)
    price_minor: int | None = field(init=False, compare=False, repr=False)
    tier_prices: dict[int, int] = field(init=False, compare=False, repr=False)
    next_offers: dict[str, SignedOffer] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Work out what follows from the fields that are given."""
        set_field = partial(object.__setattr__, self)  # as the class is frozen
        set_field("offer_id", None)
        set_field("price_minor", None)
        set_field("tier_prices", {})
        set_field("next_offers", {})
        if self.widget is not None:
            set_field("next_offers", signed_offers(self.widget.next))
            set_field("offer_id", self.widget.offer.id)
            set_field("price_minor", self.widget.offer.price_minor)
            set_field("tier_prices", self.widget.offer.tiers)


def signed_offers(widgets: dict[str, WidgetConfiguration]) -> dict[str, SignedOffer]:
    """Return what a token says of second offers."""
    signed = {}
    for answer, widget in widgets.items():
        signed[answer] = SignedOffer(widget.offer.id, widget.offer.price_minor, widget.offer.tiers)
    return signed


class Choice(Struct, frozen=True):
    """What was chosen at a moment: a variant of an experiment, or the reason why there is nothing.

    ``refusing`` is the experiment that gave the reason; None where it is the store's. ``withheld`` is what
    only the holdout keeps from the visitor. ``pairs`` is what the token says of them, encoded. ``counted`` is how the
    choice is counted: by moment, experiment and reason.
    """

    moment: str
    experiment: "ExperimentConfiguration | None" = None
    variant: VariantConfiguration | None = None
    reason: str = ""
    refusing: "ExperimentConfiguration | None" = None
    withheld: "ExperimentConfiguration | None" = None
    pairs: bytes = b""
    counted: CountedMoment = ("", None, "")

    def __post_init__(self) -> None:
        """Work out how it is counted."""
        experiment = self.experiment or self.refusing
        experiment_id, reason = None, self.reason
        if experiment is not None:
            experiment_id, reason = experiment.id, self.reason or "served"
        force_setattr(self, "counted", (self.moment, experiment_id, reason))


@dataclass(frozen=True, slots=True)
class ExperimentConfiguration:
    """A test, or the variant of a concluded one that was rolled out to everybody.

    ``offers`` are what its treatments sell; who has one of ``cross_sold`` (lower-case SKUs) in the cart needs no offer,
    and who lacks one of ``replaced`` has nothing to upgrade. ``parts`` and ``phone_parts`` are the parts of the snippet
    that any arm needs: see ``parts.py``. ``pages`` is what a page is told of each arm, as JSON by the arm's key,
    where any of them is the page's own; ``control_page`` is control's, which held-out visitors see. ``pairing`` is what
    its arms show of pairs, where any does.

    The last seven follow from the others, and are worked out once, as every decision asks: how the arms share visitors
    out, the choice of each variant, whether it takes all who are eligible, the offers' currencies, whether
    all offers are to be had, those that dates open or end, and whether it is open until the configuration changes.
    """

    id: int
    key: str
    moment: str
    salt: str
    traffic_share: float
    is_paused: bool
    starts_at: datetime | None
    ends_at: datetime | None
    is_targeted: Rule
    arms: tuple[WeightedVariant, ...]
    variants: dict[str, VariantConfiguration]
    rolled_out: VariantConfiguration | None
    offers: tuple[OfferConfiguration, ...]
    cross_sold: frozenset[str]
    parts: Raw
    phone_parts: Raw
    replaced: frozenset[str] = frozenset()
    pages: dict[str, Raw] = field(default_factory=dict)
    control_page: Raw | None = None
    pairing: Pairing | None = None
    split: Split = field(init=False, compare=False, repr=False)
    choices: dict[str, Choice] = field(init=False, compare=False, repr=False)
    takes_all: bool = field(init=False, compare=False, repr=False)
    currencies: frozenset[str] = field(init=False, compare=False, repr=False)
    are_offers_to_be_had: bool = field(init=False, compare=False, repr=False)
    dated_offers: tuple[OfferConfiguration, ...] = field(init=False, compare=False, repr=False)
    is_always_open: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Work out what follows from the fields that are given."""
        currencies, dated, are_to_be_had = set(), [], True
        for offer in self.offers:
            currencies.add(offer.currency.lower())
            are_to_be_had = are_to_be_had and offer.is_to_be_had
            if offer.has_dates:
                dated.append(offer)
        has_dates = bool(dated) or self.starts_at is not None or self.ends_at is not None
        # the class is frozen: these are set the way that dataclasses set the others
        set_field = partial(object.__setattr__, self)
        set_field("split", Split(self.arms))
        set_field("choices", {key: Choice(self.moment, self, arm) for key, arm in self.variants.items()})
        set_field("takes_all", self.traffic_share >= 1)
        set_field("currencies", payable_in(currencies))
        set_field("are_offers_to_be_had", are_to_be_had)
        set_field("dated_offers", tuple(dated))
        set_field("is_always_open", are_to_be_had and not self.is_paused and not has_dates)

    def are_offers_available(self, now: datetime) -> bool:
        """Return whether every offer can be shown.

        All of them: with one arm's offer missing, control and treatment would be different kinds of visitors.
        """
        if not self.dated_offers:
            return self.are_offers_to_be_had
        return self.are_offers_to_be_had and all(offer.is_available(now) for offer in self.dated_offers)

    def parts_for(self, device: str | None) -> Raw:
        """Return the parts that a page on this kind of device has to fetch, as JSON."""
        if device == "phone":
            return self.phone_parts
        return self.parts


def payable_in(currencies: set[str]) -> frozenset[str]:
    """Return the currencies that a cart can have: the one of all offers, or an unknown one; empty where it may be any.

    Offers in two currencies are for carts of an unknown one alone.
    """
    if len(currencies) == 1:
        return frozenset(currencies | {""})
    if currencies:
        return frozenset([""])
    return frozenset()


@dataclass(frozen=True, slots=True)
class HoldoutConfiguration:
    """The experiment that compares the store's held-out visitors with all others, by the ids of its variants."""

    id: int
    key: str
    held_out_id: int
    held_out_key: str
    offers_id: int
    offers_key: str

    def arm_without_offer(self, reason: str) -> tuple[int, str]:
        """Return the id and key of the variant in which somebody counts to whom nothing is shown for this reason."""
        if reason == "holdout":
            return self.held_out_id, self.held_out_key
        return self.offers_id, self.offers_key


@dataclass(frozen=True, slots=True)
class StoreConfiguration:
    """A store with what runs in it: ``tests`` and ``rollouts`` by moment, first come first served.

    ``silenced`` are digests of shoppers who get no offers, each until a time; ``send_points`` count towards the cap
    of the day; ``stages`` and ``answers`` are those of shoppers whom the shop knows, ``held`` what they have;
    ``question`` is asked on the confirmation page. ``is_enabled`` follows: whether there is anything to decide.
    """

    id: int
    slug: str
    site_key: str
    currency: str
    origins: frozenset[str]
    is_consent_required: bool
    holdout_share: float
    holdout: HoldoutConfiguration | None
    timezone: tzinfo
    max_offers_per_session: int
    max_offers_per_day: int
    decline_silence: timedelta
    tests: dict[str, tuple[ExperimentConfiguration, ...]]
    rollouts: dict[str, tuple[ExperimentConfiguration, ...]]
    secret_key: str = field(repr=False)
    retired_secret_keys: tuple[Expiring, ...] = field(repr=False)
    silenced: dict[str, datetime] = field(default_factory=dict, repr=False)
    send_points: SendPointsToday | None = field(default=None, repr=False)
    stages: StagesOfShoppers | None = field(default=None, repr=False)
    answers: AnswersOfShoppers | None = field(default=None, repr=False)
    held: ProductsOfShoppers | None = field(default=None, repr=False)
    question: QuestionConfiguration | None = None
    is_enabled: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Work out what follows from the fields that are given."""
        is_enabled = bool(self.tests or self.rollouts or self.question)
        object.__setattr__(self, "is_enabled", is_enabled)  # as the class is frozen

    def secret_keys(self, now: datetime) -> list[str]:
        """Return the keys that count now: the current one, and those before it until they expire."""
        return [self.secret_key, *retired_secrets.valid(self.retired_secret_keys, now)]


@dataclass(frozen=True, slots=True)
class Configuration:
    """All stores. ``by_secret`` maps the SHA-256 of a secret key to its store."""

    version: int
    by_site_key: dict[str, StoreConfiguration]
    by_secret: dict[bytes, StoreConfiguration] = field(repr=False)
    origins: frozenset[str]
