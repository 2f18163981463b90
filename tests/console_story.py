"""A store with a little of everything, for tests that walk the console's pages.

All that people write is in another script, and what has to be ASCII begins with ``zz``: so a test can tell data from
the pages' own words.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from checkout_widgets.models import ChosenPair, Connection, Offer, PairsCount, Product, ProductPair, Widget
from dashboard.models import Passkey, ShareLink, SignOnRefusal
from dashboard.report import sharing
from experiments import audit
from experiments.models import (
    Annotation,
    ApiToken,
    Approval,
    AuditAction,
    ChosenMetric,
    Comment,
    CustomMetric,
    Decision,
    Experiment,
    Exposure,
    Rejection,
    SlackChannel,
    Source,
    Status,
    Store,
    WebhookTarget,
)
from experiments.running.approvals.covered import digests
from experiments.snapshots import take_snapshot
from tests import console_customers, factories
from tests.customer_figures import store_figures, store_replenishment

VISITORS = 60
# What an act says of itself, where an entry without it is never made.
DETAILS: dict[AuditAction, dict[str, Any]] = {
    AuditAction.FRICTION_OPENED: {"problem": "ticket", "contact": 4711, "order": "zz-1"},
    AuditAction.MESSAGE_TESTED: {"journey": "zz-running", "step": "zz-first"},
    AuditAction.SENDER_PAUSED: {"limit": "bounces", "count": 9, "sent": 120},
    AuditAction.SENDER_WARNED: {"limit": "complaints", "count": 2, "sent": 900},
    AuditAction.CLAIM_UNTRUE: {"offer": "zz-offer", "claims": "saving", "where": "zz-running"},
}


@dataclass(frozen=True)
class Story:
    """Who and what the pages are about. ``editor`` administers the store with a past, ``newcomer`` an empty one,
    ``stranger`` none, ``owner`` both."""

    store: Store
    editor: User
    newcomer: User
    stranger: User
    owner: User
    share: ShareLink


def tell(now: datetime) -> Story:
    """Make all of it; a test began three weeks before ``now``."""
    store = factories.make_store(slug="zz-shop", name="Чай", currency="EUR", allowed_origins=["https://zz.example"])
    empty = factories.make_store(slug="zz-empty", name="Мёд")
    offer = make_offer(store)
    running = make_test(store, offer, key="zz-running", name="Кружка", started_at=now - timedelta(days=21))
    expose(running, now)
    take_snapshot(running, now=now, is_look=True)
    note_acts(running, now)
    annotate(running, now)
    define_metric(running, now)
    pair_products(Product.objects.get(store=store, sku="zz-cup"), now)
    draft = make_test(
        store, offer, key="zz-draft", name="Новый", status=Status.DRAFT, started_at=None, moment="payment"
    )
    copy = {"headline": "Ещё", "accept_label": "{price}", "decline_label": "Нет"}
    factories.make_next_widget(draft.variants.get(is_control=False), offer=offer, is_shown=False, **copy)
    paused = make_test(store, offer, key="zz-paused", name="Пауза", status=Status.PAUSED, moment="shipping")
    audit.record(store=store, experiment=paused, action=AuditAction.PAUSED, actor="guardrail", reason="Конверсия")
    over = make_over(store, offer, now)
    make_arrivals(store, now)
    console_customers.make_journeys(store, now)
    editor, owner = make_reader("zz-editor", store), make_reader("zz-owner", store, empty)
    Passkey.objects.create(
        pk=4711, user=editor, name="Ноутбук", host="testserver", credential_id="zz", credential=b"", created_at=now
    )
    SignOnRefusal.objects.create(at=now, reason="wrong_token", detail="zz")
    comment = Comment.objects.create(experiment=running, author=owner, author_name="zz-owner", text="Чай?", at=now)
    comment.mentioned.add(editor)
    Approval.objects.create(
        pk=4711, experiment=paused, step="resume", covers=digests(paused), asked_by=owner, asked_by_name="zz-owner",
        asked_at=now,
    )  # fmt: skip
    return Story(
        store,
        editor=editor,
        newcomer=make_reader("zz-newcomer", empty),
        stranger=make_reader("zz-stranger"),
        owner=owner,
        share=sharing.share(experiment=over, actor="zz-editor", days=7),
    )


def make_reader(username: str, *stores: Store) -> User:
    """A superuser who administers these stores, with an address."""
    user = factories.make_user(
        username=username, email=f"{username}@zz.example", is_staff=True, is_superuser=True, first_name="Ада"
    )
    for store in stores:
        store.memberships.create(user=user, role="admin")
    return user


def make_offer(store: Store) -> Offer:
    """An offer of one product."""
    product = factories.make_product(store, sku="zz-cup", title="Чашка", stock=7, cost_minor=300)
    return factories.make_offer(store, product, key="zz-offer", name="Чашка для чая")


def make_test(store: Store, offer: Offer, **fields: Any) -> Experiment:
    """A test of the offer against control."""
    experiment = factories.make_experiment(store, hypothesis="Чай и кружка", **fields)
    experiment.variants.filter(is_control=True).update(name="Контроль")
    treatment = experiment.variants.get(is_control=False)
    treatment.name = "Карточка"
    treatment.save()
    copy = {"headline": "Подходит", "body": "Для чая", "accept_label": "{price}", "decline_label": "Нет"}
    factories.make_widget(treatment, offer, **copy)
    return experiment


def expose(experiment: Experiment, now: datetime) -> None:
    """Visitors of both variants over the last 20 days, a third of whom bought."""
    for variant in experiment.variants.all():
        Exposure.objects.bulk_create(
            Exposure(
                experiment=experiment,
                variant=variant,
                store_id=experiment.store_id,
                visitor_id=f"v_{variant.pk}_{number}",
                exposed_at=now - timedelta(hours=8 * number),
                device="phone" if number % 2 else "desktop",
                orders=int(number % 3 == 0),
                items=int(number % 3 == 0),
                has_converted=number % 3 == 0,
                revenue_minor=(4000 + 7 * number) * (number % 3 == 0),
            )
            for number in range(VISITORS)
        )


def note_acts(experiment: Experiment, now: datetime) -> None:
    """An entry of each kind in the test's trail."""
    for hours, action in enumerate(AuditAction):
        audit.record(
            store=experiment.store,
            experiment=experiment,
            action=action,
            actor="zz-editor",
            reason="Да",
            at=now - timedelta(hours=hours),
            detail=DETAILS.get(action),
        )


def pair_products(cup: Product, now: datetime) -> None:
    """Products that are bought together and later, one pinned with a reason, one banned for a category."""
    store = cup.store
    pot = factories.make_product(store, pk=4711, sku="zz-pot", title="Чайник", category="Чай")
    tea = factories.make_product(store, pk=4712, sku="zz-tea", title="Чай", category="Чай")
    PairsCount.objects.create(store=store, counted_at=now, since=now - timedelta(days=365), orders=4711, products=2)
    counts = {"count": 300, "base": 500, "customers": 240, "customers_base": 400}
    few = {"count": 21, "base": 90, "customers": 20, "customers_base": 80}
    for suggested, basis, rank, counted in (
        (cup, "same_order", 1, counts),
        (tea, "same_order", 2, few),
        (tea, "later", 1, few),
    ):
        ProductPair.objects.create(
            store=store, product=pot, suggested=suggested, basis=basis, rank=rank, score=1 / rank, **counted
        )
    ChosenPair.objects.create(store=store, product=pot, suggested=cup, reason="Да", created_by="zz-owner")
    store_figures(store, now)
    store_replenishment(store, pot)
    ChosenPair.objects.create(pk=4711, store=store, category="Чай", suggested=tea, is_banned=True)


def define_metric(experiment: Experiment, now: datetime) -> None:
    """A metric of the store's own, which the test has; and an archived one."""
    metric = CustomMetric.objects.create(
        pk=4711, store=experiment.store, key="zz-metric", name="Выручка", skus=["zz-1"], categories=["Чай"], version=2
    )
    ChosenMetric.objects.create(
        experiment=experiment, metric=metric, name="Выручка", counted="revenue", skus=["zz-1"], fixed_at=now
    )
    CustomMetric.objects.create(store=experiment.store, key="zz-old", name="Выручка", skus=["zz-1"], archived_at=now)


def annotate(experiment: Experiment, now: datetime) -> None:
    """A campaign in the test's time, whose days are also left out."""
    Annotation.objects.create(
        pk=4711,
        store=experiment.store,
        kind="campaign",
        text="Чёрная пятница",
        first_day=now.date() - timedelta(days=6),
        last_day=now.date() - timedelta(days=5),
        is_confounding=True,
        created_by="zz-editor",
    )


def make_over(store: Store, offer: Offer, now: datetime) -> Experiment:
    """A test that is concluded with a stored result, and one that was imported."""
    imported = make_test(
        store, offer, key="zz-imported", name="Старый", status=Status.CONCLUDED, source=Source.IMPORTED, ended_at=now
    )
    expose(imported, now)
    past = {"started_at": now - timedelta(days=40), "ended_at": now - timedelta(days=1)}
    over = make_test(store, offer, key="zz-over", name="Итог", status=Status.CONCLUDED, **past)
    expose(over, now - timedelta(days=1))
    take_snapshot(over, now=now)
    over.decision = Decision.ROLL_OUT
    over.rolled_out_variant = over.variants.get(is_control=False)
    over.learning, over.next_step = "Кружки покупают", "Дороже"
    over.save()
    return over


def make_arrivals(store: Store, now: datetime) -> None:
    """What the shop and shop systems sent, and where messages go."""
    line = {"sku": "zz-cup", "quantity": 1, "price_minor": 5000}
    # what sent an order and why something is refused are codes, the same in every language
    factories.make_order(
        store, external_id="zz-1", source="zz-api", placed_at=now, visitor_id="zz-visitor", lines=[line]
    )
    connection: Connection = factories.make_connection(store)
    for status in ("dead", "pending"):
        factories.make_delivery(store, status, received_at=now - timedelta(hours=1), error="", topic="zz/topic")
    assert connection.deliveries.count() == 2
    Rejection.objects.create(store=store, day=now.date(), source="zz-events", code="zz-bad", last_at=now)
    WebhookTarget.objects.create(store=store, url="https://zz.example/hook")
    SlackChannel.objects.create(store=store, name="Чат", webhook_url="https://hooks.slack.com/services/zz/zz/zz")
    token = ApiToken(store=store, name="Ключ")
    token.renew()
    token.save()


def rows() -> dict[str, int]:
    """By model label, the id of a row whose admin page can be looked at."""
    return {
        "experiments.Experiment": Experiment.objects.get(key="zz-draft").pk,
        "checkout_widgets.Product": Product.objects.get(sku="zz-cup").pk,
        "checkout_widgets.Widget": Widget.objects.get(variant__experiment__key="zz-draft").pk,
    }
