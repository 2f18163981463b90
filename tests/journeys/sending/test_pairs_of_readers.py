"""A message of an offer of pairs: each reader's own products, price, and link, in one layout."""

import pytest
from django.utils import timezone

from journeys.models import CustomerMessage, SendPoint
from journeys.sending.composing import CannotBeWritten, Writer
from journeys.signed_links.signing import OfferLink, read
from tests import factories
from tests.journeys.messages import make_message, make_sender, make_step
from tests.pair_offers import make_pair_offer

pytestmark = pytest.mark.django_db
DOCUMENT = {
    "subject": "{product} for {price}",
    "offer": "pair",
    "blocks": [{"kind": "product", "id": "p", "button": "Add {product}"}],
}


@pytest.fixture
def sender(settings):
    settings.ADDRESS_KEYS, settings.ADDRESS_DIGEST_KEY = ["a key of the tests"], "another one"
    return make_sender(factories.make_store(currency="EUR"))


def message_selling(step, *skus: str) -> CustomerMessage:
    message = make_message(step, f"{skus[0].lower()}@customers.example")
    kept = {"version": 7, "offers": {"pair": list(skus)}}
    SendPoint.objects.filter(message=message).update(pairs=kept)
    return message


def token_in(text: str) -> str:
    return text.partition("/m/")[2].partition("\n")[0].strip()


def test_each_reader_is_offered_their_own_products_at_the_price_of_now_less_the_discount(sender):
    offer = make_pair_offer(sender.store, key="pair", pair_discount=15)
    products = {
        "Cup": factories.make_product(sender.store, sku="Cup", title="Cup & <saucer>", price_minor=999),
        "Pot": factories.make_product(sender.store, sku="Pot", title="Pot", price_minor=2000),
    }
    step = make_step(sender.store, document=DOCUMENT)
    messages = {sku: message_selling(step, sku) for sku in products}
    writer = Writer(sender, [message.pk for message in messages.values()], timezone.now())
    expected = {"Cup": ("Cup & <saucer>", "€8.49", 849), "Pot": ("Pot", "€17.00", 1700)}
    for sku, (title, price, price_minor) in expected.items():
        email = writer.write(messages[sku].pk).email
        html = str(email.alternatives[0][0])
        assert email.subject == f"{title} for {price}"
        assert price in html
        assert price in email.body
        assert ("&lt;saucer&gt;" in html) == (sku == "Cup")
        assert "<saucer>" not in html
        link = read(token_in(str(email.body)), OfferLink)
        assert (link.offer_id, link.price_minor) == (offer.pk, price_minor)
        assert (link.sold, link.pairs_version) == ((products[sku].pk,), 7)
    (words,) = writer.words.values()
    assert len(words.layouts) == 1


def test_product_with_a_picture_has_a_layout_of_its_own(sender):
    make_pair_offer(sender.store, key="pair")
    factories.make_product(sender.store, sku="Cup", title="Cup", image_url="https://tea.example/cup.jpg")
    factories.make_product(sender.store, sku="Pot", title="Pot")
    step = make_step(sender.store, document=DOCUMENT)
    messages = [message_selling(step, sku) for sku in ("Cup", "Pot")]
    writer = Writer(sender, [message.pk for message in messages], timezone.now())
    with_picture, without = (str(writer.write(message.pk).email.alternatives[0][0]) for message in messages)
    assert 'src="https://tea.example/cup.jpg"' in with_picture
    assert 'alt="Cup"' in with_picture
    assert "<img" not in without


def test_message_whose_product_is_gone_is_not_written(sender):
    make_pair_offer(sender.store, key="pair", pairing="both")
    factories.make_product(sender.store, sku="Cup")
    message = message_selling(make_step(sender.store, document=DOCUMENT), "Cup", "Pot")
    with pytest.raises(CannotBeWritten) as caught:
        Writer(sender, [message.pk], timezone.now()).write(message.pk)
    assert caught.value.reason == "no_pair"
