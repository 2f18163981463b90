"""What texts may claim of an offer: entered, explained, and withdrawn on its page."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from checkout_widgets.models import Offer
from checkout_widgets.recommending import owner_shares
from experiments.models import AuditEntry, Status, Store
from tests import factories

pytestmark = pytest.mark.django_db
QUOTE = {
    "quote_text": "Best balm there is.",
    "quote_name": "Ada L.",
    "quote_source": "Trusted Shops",
    "quote_date": "2026-03-02",
}


@pytest.fixture
def store() -> Store:
    return factories.make_store(slug="tea", currency="EUR")


@pytest.fixture
def offer(store) -> Offer:
    balm = factories.make_product(store, title="Balm", sku="balm")
    return factories.make_offer(store, balm, key="balm", name="Balm beside the cart", price_minor=1990)


@pytest.fixture
def client(store) -> Client:
    client = Client()
    client.force_login(factories.make_user(store, role="editor"))
    return client


def sent(offer: Offer, **changed: str) -> dict[str, str]:
    """What the form sends, with some of it changed."""
    product = offer.items.get().product
    price = {"name": offer.name, "price_minor": "19.90", "is_active": "on"}
    return price | {f"stock-{product.pk}": str(product.stock or "")} | changed


def test_quote_is_entered_shown_again_and_in_the_trail(client, offer):
    answer = client.post("/offers/tea/balm/", sent(offer, **QUOTE), follow=True)
    page = answer.content.decode()
    assert "Ada L., Trusted Shops, 2 March 2026." in page
    assert 'value="2026-03-02"' in page
    offer.refresh_from_db()
    assert offer.quote_text == "Best balm there is."
    assert AuditEntry.objects.get().detail["quote_name"] == ["", "Ada L."]


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("quote_name", "", "A quote needs a name. Enter who said it, or clear the quote."),
        ("quote_source", "", "A quote needs a source. Enter where it was said, or clear the quote."),
        ("quote_date", "", "A quote needs a date. Enter when it was said, or clear the quote."),
        ("quote_date", "2999-01-01", "This day is in the future. Enter the day it was said."),
        ("share_of", "none", "No product of this store has the SKU “none”. Copy it from the catalog."),
        ("share_of", "balm", "The offer sells this product itself. Choose one that people bought before."),
    ],
)
def test_claim_that_nobody_could_check_is_refused_beside_its_field(client, offer, field, value, error):
    answer = client.post("/offers/tea/balm/", sent(offer, **(QUOTE | {field: value})))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="id_{field}_error">{error}'.replace("“", "“") in page
    assert Offer.objects.get().quote_text == ""


def test_product_of_another_store_is_no_owners_product(client, offer):
    factories.make_product(factories.make_store(slug="pot"), sku="boots")
    answer = client.post("/offers/tea/balm/", sent(offer, share_of="boots"))
    assert "No product of this store has the SKU “boots”." in answer.content.decode()


def test_share_is_counted_at_once_and_said_with_what_it_takes(client, store, offer):
    factories.make_product(store, title="Boots", sku="boots")
    then = timezone.now() - timedelta(days=120)
    for number in range(100):
        for sku in ("boots", "balm")[: 2 if number < 15 else 1]:
            line = {"sku": sku, "quantity": 1, "price_minor": 100}
            factories.make_order(store, customer_key=f"i_{number}", placed_at=then, lines=[line])
    client.post("/offers/tea/balm/", sent(offer, share_of="boots"))
    job = ProcrastinateJob.objects.get(task_name="checkout_widgets.recommending.owner_shares.count_owners_of")
    owner_shares.count_owners_of.func(**job.args)
    page = client.get("/offers/tea/balm/").content.decode()
    assert "15 of 100 customers who own “Boots” also bought it: 15%." in page
    assert 'value="boots"' in page
    assert AuditEntry.objects.get().detail["share_of"] == [None, "boots"]
    Offer.objects.update(owners=99)
    assert "99 customers own “Boots”. At least 100 are needed." in client.get("/offers/tea/balm/").content.decode()
    # by Wilson: 50 of 120 is 41.7% with 8.7 points to each side
    Offer.objects.update(owners=120, owners_with=50)
    assert "The share is uncertain by ±8.7 points" in client.get("/offers/tea/balm/").content.decode()


def test_text_in_use_that_is_left_out_is_named_with_what_is_shown_instead(client, store, offer):
    experiment = factories.make_experiment(store, name="Balm in the cart", status=Status.RUNNING)
    factories.make_widget(experiment.variants.get(key="treatment"), offer, headline="As customers say: {quote}")
    page = client.get("/offers/tea/balm/").content.decode()
    assert "Some texts in use make claims that aren't true now, so they are left out." in page
    assert "Left out" in page
    assert "a headline says “Balm” and the accept button “€19.90”" in page
    client.post("/offers/tea/balm/", sent(offer, **QUOTE))
    assert "Left out" not in client.get("/offers/tea/balm/").content.decode()


def test_withdrawn_quote_may_leave_its_name_and_is_said_no_more(client, offer):
    client.post("/offers/tea/balm/", sent(offer, **QUOTE))
    answer = client.post("/offers/tea/balm/", sent(offer, **(QUOTE | {"quote_text": ""})), follow=True)
    assert "No quote is entered." in answer.content.decode()


def test_owners_of_what_the_offer_sells_itself_are_no_share():
    """As by a file that puts the product into the offer later: everybody who owns it has bought it."""
    store = factories.make_store()
    boots = factories.make_product(store, sku="boots")
    offer = factories.make_offer(store, boots, share_of=boots)
    line = {"sku": "boots", "quantity": 1, "price_minor": 100}
    then = timezone.now() - timedelta(days=120)
    factories.make_order(store, customer_key="i_1", placed_at=then, lines=[line])
    owner_shares.count_owners_of.func(offer_id=offer.pk)
    offer.refresh_from_db()
    assert (offer.owners, offer.owners_with) == (1, 0)
