"""The shapes of answers that the edge builds as dicts or as raw JSON, for its description (``description.py``).

Tests hold them against what is really answered. Answers that are structs already stand with their endpoints.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from checkout_widgets.edge.payloads import SignedMinor

Quantity = Annotated[int, Meta(ge=1)]


class Amount(Struct):
    """An amount of money in minor units of its currency, and as text in the shopper's language."""

    minor: SignedMinor
    currency: str
    text: str


class OfferedItem(Struct):
    """A product of the offer; the prices are of all its units, within the offer and without it."""

    sku: str
    title: str
    quantity: Quantity
    image_url: str | None
    price: Amount
    compare_at: Amount | None


class ComparedRow(Struct):
    """A row of a comparison: what is compared, and the value of each version."""

    label: str
    values: list[str]


class ComparedVersions(Struct):
    """Two versions side by side."""

    columns: list[str]
    rows: list[ComparedRow]


class OfferedTier(Struct):
    """A quantity that can be accepted by itself."""

    quantity: Quantity
    price: Amount
    unit_price_text: str
    saving_text: str
    accept_label: str
    added_text: str


class GoalProgress(Struct):
    """How much of the way to free shipping is done."""

    share: Annotated[float, Meta(ge=0, le=1)]
    text: str


class WidgetContent(Struct):
    """What a widget shows: text, numbers and addresses of images, never HTML."""

    layout: Literal["card", "line", "bump", "bundle", "comparison", "quantity_break", "free_shipping", "dialog"]
    headline: str
    body: str
    reason: str
    proof: str
    items: list[OfferedItem]
    price: Amount
    compare_at: Amount | None
    saving_text: str
    deadline_at: datetime | None
    deadline_text: str
    stock: int | None
    stock_text: str
    terms_url: str | None
    terms_label: str
    accept_label: str
    decline_label: str
    direction: Literal["ltr", "rtl"]
    theme: dict[str, str]
    messages: dict[str, str]
    comparison: ComparedVersions | UnsetType = UNSET
    tiers: list[OfferedTier] | UnsetType = UNSET
    progress: GoalProgress | UnsetType = UNSET
    preview_text: str | UnsetType = UNSET
    terms_text: str | UnsetType = UNSET
    reasons: "DeclineReasons | UnsetType" = UNSET
    next: "NextContents | UnsetType" = UNSET


class ReasonTexts(Struct):
    """What each reason is called; the names are what is sent."""

    not_interested: str
    too_expensive: str
    have_it: str
    not_now: str


class DeclineReasons(Struct):
    """What is asked once the offer was declined, where the store asks why."""

    headline: str
    choices: ReasonTexts
    skip: str
    thanks: str


class NextContents(Struct):
    """The second offers of a sequence, which come once the first was answered; each may be missing."""

    accepted: WidgetContent | UnsetType = UNSET
    declined: WidgetContent | UnsetType = UNSET


class QuestionChoice(Struct):
    """An answer that can be chosen; ``tag`` is what is sent."""

    tag: str
    text: str


class AskedQuestion(Struct):
    """A store's question: its answers, and the token by which a visitor sends one."""

    choices: list[QuestionChoice]
    token: str


class QuestionContent(Struct):
    """What the snippet asks on the confirmation page, at the moment ``question``."""

    layout: Literal["question"]
    headline: str
    direction: Literal["ltr", "rtl"]
    theme: dict[str, str]
    messages: dict[str, str]
    question: AskedQuestion


class WidgetPart(Struct):
    """A script that the snippet loads to draw the offer."""

    name: str
    digest: str
    integrity: str


class ProductReference(Struct):
    """A product; ``external_id`` is the shop system's own, where the catalog knows it."""

    sku: str
    external_id: str | UnsetType = UNSET


class LineToAdd(Struct):
    """A line to put into the order, priced per unit."""

    sku: str
    quantity: Quantity
    price_minor: SignedMinor
    external_id: str | UnsetType = UNSET


class AcceptAnswer(Struct):
    """An offer accepted at the server's price, signed."""

    acceptance_token: str
    expires_at: datetime
    currency: str
    decimals: Annotated[int, Meta(ge=0, le=4)]
    total_minor: SignedMinor
    quantity: Quantity
    lines: list[LineToAdd]
    parts: list[WidgetPart]
    replaces: ProductReference | UnsetType = UNSET


class RedeemAnswer(Struct):
    """What an acceptance token says."""

    iss: Literal["offerlift"]
    aud: str
    jti: UUID
    iat: int
    exp: int
    sub: str
    experiment: str
    variant: str
    offer: str
    currency: str
    total_minor: SignedMinor
    quantity: Quantity
    lines: list[LineToAdd]
    replaces: ProductReference | UnsetType = UNSET
    step: Literal["accepted", "declined"] | UnsetType = UNSET


class MomentsAnswer(Struct):
    """The moments at which somebody can get an offer now, for ``ttl_s`` seconds."""

    moments: list[str]
    ttl_s: int


class RefusalReason(Struct):
    """Why a request was refused: a code for programs, a sentence for people."""

    code: str
    message: str
    field: str | UnsetType = UNSET
    price: Amount | UnsetType = UNSET
    redeemed_at: datetime | UnsetType = UNSET
    site_address: str | UnsetType = UNSET


class RefusalAnswer(Struct):
    """The answer to a request that was refused."""

    error: RefusalReason
