"""What the edge takes and answers: made from its OpenAPI description by tools/clients.sh."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict


class Amount(TypedDict):
    minor: int
    currency: str
    text: str


class ComparedRow(TypedDict):
    label: str
    values: list[str]


class OfferedTier(TypedDict):
    quantity: int
    price: Amount
    unit_price_text: str
    saving_text: str
    accept_label: str
    added_text: str


class GoalProgress(TypedDict):
    share: float
    text: str


class ReasonTexts(TypedDict):
    not_interested: str
    too_expensive: str
    have_it: str
    not_now: str


class QuestionChoice(TypedDict):
    tag: str
    text: str


class WidgetPart(TypedDict):
    name: str
    digest: str
    integrity: str


class BarChoice(TypedDict):
    label: str
    token: str
    is_chosen: bool


class RefusalReason(TypedDict):
    code: str
    message: str
    field: NotRequired[str]
    price: NotRequired[Amount]
    redeemed_at: NotRequired[str]
    site_address: NotRequired[str]


class Page(TypedDict):
    path: NotRequired[str]
    query: NotRequired[str]


class CartItem(TypedDict):
    sku: NotRequired[str]
    quantity: NotRequired[int]
    category: NotRequired[str | None]


Tag: TypeAlias = str


OwnedItem: TypeAlias = str


class Visitor(TypedDict):
    customer_id: NotRequired[str | int | None]
    customer_type: NotRequired[str | None]
    orders: NotRequired[int | None]
    country: NotRequired[str | None]
    tags: NotRequired[list[Tag]]
    owned: NotRequired[list[OwnedItem]]


FrictionItem: TypeAlias = str


class History(TypedDict):
    shown_session: NotRequired[int]
    shown_today: NotRequired[int]
    declined_at: NotRequired[str | None]
    friction: NotRequired[list[FrictionItem]]


class Consent(TypedDict):
    measurement: NotRequired[bool | None]


class VisitBody(TypedDict):
    page_type: NotRequired[str | None]
    logged_in: NotRequired[bool | None]
    snippet: NotRequired[int | None]


class RejectedEvent(TypedDict):
    index: int
    code: str


class EventBody(TypedDict):
    id: str
    type: Literal[
        "accept",
        "accept_failed",
        "click",
        "decline",
        "error",
        "exposure",
        "impression",
        "reason",
        "skipped",
        "view",
    ]
    at: str
    exposure_token: NotRequired[str | None]
    props: NotRequired[dict[str, Any] | None]


class LineToAdd(TypedDict):
    sku: str
    quantity: int
    price_minor: int
    external_id: NotRequired[str]


class ProductReference(TypedDict):
    sku: str
    external_id: NotRequired[str]


class AcceptBody(TypedDict):
    visitor_id: str
    exposure_token: str
    idempotency_key: str
    quantity: NotRequired[int]
    step: NotRequired[Literal["accepted", "declined"] | None]
    key: NotRequired[str | None]
    locale: NotRequired[str | None]


class RedeemAnswer(TypedDict):
    iss: Literal["offerlift"]
    aud: str
    jti: str
    iat: int
    exp: int
    sub: str
    experiment: str
    variant: str
    offer: str
    currency: str
    total_minor: int
    quantity: int
    lines: list[LineToAdd]
    replaces: NotRequired[ProductReference]
    step: NotRequired[Literal["accepted", "declined"]]


class RedeemBody(TypedDict):
    acceptance_token: str
    reference: NotRequired[str | None]


class RejectedToken(TypedDict):
    index: int
    code: str


class UnderstoodLine(TypedDict):
    sku: str
    quantity: int
    price_minor: int
    discount_minor: int
    known: bool
    experiment: str
    rejected: str


class Consent1(TypedDict):
    basis: Literal["opt_in", "soft_opt_in", "none"]
    at: str
    wording: NotRequired[str]
    source: NotRequired[str]


class Shipment(TypedDict):
    external_id: str
    updated_at: NotRequired[str]
    shipped_at: NotRequired[str]
    expected_at: NotRequired[str]
    delivered_at: NotRequired[str]
    tracking_url: NotRequired[str]


class OrderLineBody(TypedDict):
    sku: str
    quantity: int
    price_minor: int
    acceptance_token: NotRequired[str | None]
    cost_minor: NotRequired[int | None]
    discount_minor: NotRequired[int]
    external_id: NotRequired[str]


class RefundLine(TypedDict):
    sku: str
    quantity: int


class OfferedItem(TypedDict):
    sku: str
    title: str
    quantity: int
    image_url: str | None
    price: Amount
    compare_at: Amount | None


class ComparedVersions(TypedDict):
    columns: list[str]
    rows: list[ComparedRow]


class DeclineReasons(TypedDict):
    headline: str
    choices: ReasonTexts
    skip: str
    thanks: str


class AskedQuestion(TypedDict):
    choices: list[QuestionChoice]
    token: str


class BarGroup(TypedDict):
    label: str
    choices: list[BarChoice]


class RefusalAnswer(TypedDict):
    error: RefusalReason


class Cart(TypedDict):
    currency: str
    total_minor: int
    items: NotRequired[list[CartItem]]


class EventsReceipt(TypedDict):
    accepted: int
    duplicates: int
    rejected: list[RejectedEvent]


class EventsBody(TypedDict):
    visitor_id: str
    events: list[EventBody]
    key: NotRequired[str | None]
    sent_at: NotRequired[str | None]


class AcceptAnswer(TypedDict):
    acceptance_token: str
    expires_at: str
    currency: str
    decimals: int
    total_minor: int
    quantity: int
    lines: list[LineToAdd]
    parts: list[WidgetPart]
    replaces: NotRequired[ProductReference]


class UnderstoodOrder(TypedDict):
    status: str
    currency: str
    goods_minor: int
    tax_minor: int
    shipping_minor: int
    total_minor: int
    visitor_id: str
    customer_id: str
    lines: list[UnderstoodLine]
    would_count: bool
    reason: str


class OrderRefund(TypedDict):
    external_id: str
    amount_minor: int
    at: str
    lines: NotRequired[list[RefundLine]]
    shipping_minor: NotRequired[int]
    tax_minor: NotRequired[int | None]


class QuestionContent(TypedDict):
    layout: Literal["question"]
    headline: str
    direction: Literal["ltr", "rtl"]
    theme: dict[str, str]
    messages: dict[str, str]
    question: AskedQuestion


class PreviewBar(TypedDict):
    language: str
    parts: list[WidgetPart]
    moment: str
    title: str
    note: str
    groups: list[BarGroup]
    findings_label: str
    findings: list[str]
    page_findings: dict[str, str]
    leave_label: str
    leave_token: NotRequired[str]


class DecideBody(TypedDict):
    moments: list[str]
    key: NotRequired[str | None]
    visitor_id: NotRequired[str | None]
    page: NotRequired[Page | None]
    locale: NotRequired[str | None]
    device: NotRequired[Literal["", "desktop", "phone", "tablet"] | None]
    cart: NotRequired[Cart | None]
    visitor: NotRequired[Visitor | None]
    history: NotRequired[History | None]
    consent: NotRequired[Consent | None]
    automation: NotRequired[bool | None]
    preview: NotRequired[str | None]
    visit: NotRequired[VisitBody | None]


class OrderReceipt(TypedDict):
    order: str
    created: bool
    visitor_matched: bool
    stale: NotRequired[bool]
    counts: NotRequired[bool]
    rejected: NotRequired[list[RejectedToken]]
    left_out: NotRequired[list[str]]
    test: NotRequired[bool]
    understood: NotRequired[UnderstoodOrder]


class OrderBody(TypedDict):
    external_id: str
    placed_at: str
    updated_at: str
    currency: str
    subtotal_minor: int
    total_minor: int
    lines: list[OrderLineBody]
    visitor_id: NotRequired[str | None]
    customer_id: NotRequired[str | None]
    status: NotRequired[Literal["cancelled", "on_hold", "paid", "pending"]]
    discount_minor: NotRequired[int | None]
    tax_minor: NotRequired[int]
    shipping_minor: NotRequired[int]
    refunds: NotRequired[list[OrderRefund]]
    repeat_kind: NotRequired[Literal["", "copy", "renewal"]]
    first_external_id: NotRequired[str]
    test: NotRequired[bool]
    email: NotRequired[str]
    locale: NotRequired[str]
    country: NotRequired[str]
    consent: NotRequired[Consent1]
    shipments: NotRequired[list[Shipment]]


class PreviewAnswer(TypedDict):
    visitor_id: str | None
    ttl_s: int
    enabled: bool
    offers_left: int
    decisions: list[MomentDecision]
    preview: NotRequired[bool]
    bar: NotRequired[PreviewBar]


class MomentDecision(TypedDict):
    moment: str
    experiment: NotRequired[str | None]
    variant: NotRequired[str | None]
    rollout: NotRequired[bool]
    trigger: NotRequired[dict[str, Any] | None]
    exposure_token: NotRequired[str | None]
    content: NotRequired[WidgetContent | QuestionContent | None]
    parts: NotRequired[list[WidgetPart]]
    reason: NotRequired[str]
    page: NotRequired[Any]


class WidgetContent(TypedDict):
    layout: Literal[
        "bump",
        "bundle",
        "card",
        "comparison",
        "dialog",
        "free_shipping",
        "line",
        "quantity_break",
    ]
    headline: str
    body: str
    reason: str
    proof: str
    items: list[OfferedItem]
    price: Amount
    compare_at: Amount | None
    saving_text: str
    deadline_at: str | None
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
    comparison: NotRequired[ComparedVersions]
    tiers: NotRequired[list[OfferedTier]]
    progress: NotRequired[GoalProgress]
    preview_text: NotRequired[str]
    terms_text: NotRequired[str]
    reasons: NotRequired[DeclineReasons]
    next: NotRequired[NextContents]


class NextContents(TypedDict):
    accepted: NotRequired[WidgetContent]
    declined: NotRequired[WidgetContent]
