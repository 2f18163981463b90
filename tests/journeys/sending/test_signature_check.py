"""A received message shows whether who signs it covers the headers to unsubscribe, for the sender's own domain."""

from collections.abc import Iterator

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.management import CommandError, call_command
from django.utils import timezone

from journeys.models import DomainState, Sender
from journeys.sending import domain_records, readiness
from journeys.sending.dkim_signing import DkimKey
from journeys.sending.signature_check import SignatureProblem, check_source
from tests import factories
from tests.journeys.messages import make_sender
from tests.journeys.sending.name_server import name_server

pytestmark = pytest.mark.django_db
DOMAIN = "tea.example"
BOTH = [b"from", b"list-unsubscribe", b"list-unsubscribe-post"]
SOURCE = (
    b"From: Tea shop <hello@tea.example>\r\nTo: me@shop.example\r\nSubject: Test\r\n"
    b"List-Unsubscribe: <https://offers.example/m/u/x>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"\r\nHello\r\n"
)
PRIVATE = generate_private_key(65537, 2048)
KEY = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def sender(settings) -> Iterator[Sender]:
    """A sender by a provider whose key is published at its domain, and at another's."""
    settings.MESSAGE_PROVIDER, settings.EDGE_URL = "postmark", "https://offers.example"
    settings.ADDRESS_KEYS, settings.ADDRESS_DIGEST_KEY = ["a key of the tests"], "another one"
    key = f"v=DKIM1; k=rsa; p={domain_records.public_key(DkimKey(DOMAIN, 's', PRIVATE))}"
    records = {f"s._domainkey.{domain}": [key] for domain in (DOMAIN, "mail.tea.example", "provider.example")}
    records |= {DOMAIN: ["v=spf1 ~all"], f"_dmarc.{DOMAIN}": ["v=DMARC1; p=none"]}
    with name_server(records) as settings.DNS_SERVER:
        yield make_sender(factories.make_store(), is_on=False)


def signed(source: bytes = SOURCE, *, domain: str = DOMAIN, covers: list[bytes] = BOTH) -> bytes:
    signature: bytes = dkim.sign(source, b"s", domain.encode(), KEY, include_headers=covers)
    return signature + source


@pytest.mark.parametrize("domain", [DOMAIN, "mail.tea.example"])
def test_signature_of_the_domain_that_covers_both_headers_is_accepted(sender, domain):
    check_source(sender, signed(domain=domain))
    check_source(sender, signed(domain=domain).replace(b"\r\n", b"\n"))  # as a program saves it


def test_second_signature_counts_where_the_first_is_the_providers_own(sender):
    check_source(sender, signed(signed(domain="provider.example")))
    check_source(sender, signed(signed(), domain="provider.example"))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (SOURCE, "No signature of tea.example covers"),
        (signed(covers=[b"from", b"list-unsubscribe"]), "No signature of tea.example covers"),
        (signed(domain="provider.example"), "No signature of tea.example covers"),
        (signed().replace(b"m/u/x", b"m/u/y"), "doesn't verify"),
        (signed(SOURCE.replace(b"List-Unsubscribe-Post", b"X-Post"), covers=[b"from"]), "no list-unsubscribe-post"),
        (signed().replace(b"hello@tea", b"hello@other"), "not from hello@tea.example"),
        (b"", "from nobody"),
        (b"\xff\x00 no message", "from nobody"),
    ],
)
def test_message_that_shows_less_is_refused_with_the_fix(sender, source, said):
    with pytest.raises(SignatureProblem, match=said):
        check_source(sender, source)


def test_provider_may_send_once_a_message_has_shown_it(sender, settings, tmp_path):
    domain_records.check(sender, timezone.now())
    (missing,) = readiness.missing(sender)
    assert "check_signature" in missing
    file = tmp_path / "message.eml"
    file.write_bytes(SOURCE)
    with pytest.raises(CommandError, match="No signature"):
        call_command("check_signature", sender.store.slug, file)
    file.write_bytes(signed())
    call_command("check_signature", sender.store.slug, file)
    sender.refresh_from_db()
    assert readiness.missing(sender) == []
    settings.MESSAGE_PROVIDER = "brevo"
    assert "check_signature" in readiness.missing(sender)[0]
    settings.MESSAGE_PROVIDER = "postmark"
    sender.address = "hello@coffee.example"
    assert "check_signature" in readiness.missing(sender)[0]


def test_mail_server_that_signs_needs_no_key_of_ours(sender, settings, tmp_path):
    settings.MESSAGE_PROVIDER, settings.DKIM_KEYS = "", []
    domain_records.check(sender, timezone.now())
    assert sender.dkim == DomainState.WRONG
    file = tmp_path / "message.eml"
    file.write_bytes(signed())
    call_command("check_signature", sender.store.slug, file)
    sender.refresh_from_db()
    assert (sender.dkim, readiness.missing(sender)) == (DomainState.OK, [])


def test_links_without_https_are_no_way_to_unsubscribe_by_one_click(sender, settings):
    settings.EDGE_URL, settings.DEMO = "http://offers.example", False
    assert any("https" in missing for missing in readiness.missing(sender))
    settings.DEMO = True  # whose mailbox nobody else sees
    assert not any("https" in missing for missing in readiness.missing(sender))
