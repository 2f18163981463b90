"""The records of a sender's domain, asked of a name server; and what goes out is signed so that they verify."""

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from journeys.models import DomainState
from journeys.sending import dkim_signing, domain_records
from journeys.sending.handing_over import send_due
from tests import factories
from tests.journeys.messages import make_message, make_sender, make_step
from tests.journeys.sending.name_server import name_server

DOMAIN = "tea.example"
SPF, DMARC = "v=spf1 ip4:192.0.2.1 ~all", "v=DMARC1; p=none"


@pytest.fixture
def record(settings, tmp_path) -> str:
    """The record of the key that the domain signs with."""
    file = tmp_path / "dkim.pem"
    key = generate_private_key(65537, 2048)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    settings.DKIM_KEYS = [f"{DOMAIN}:mail:{file}"]
    dkim_signing.keys_of.cache_clear()
    signing = dkim_signing.key_for(f"any@{DOMAIN}")
    assert signing is not None
    return f"v=DKIM1; k=rsa; p={domain_records.public_key(signing)}"


def whole(record: str, **changes: list[str]) -> dict[str, list[str]]:
    return {DOMAIN: [SPF], f"_dmarc.{DOMAIN}": [DMARC], f"mail._domainkey.{DOMAIN}": [record]} | changes


def test_records_that_are_right_are_ok(settings, record):
    with name_server(whole(record)) as settings.DNS_SERVER:
        found = domain_records.findings(f"hello@{DOMAIN}")
    assert (found.spf, found.dkim, found.dmarc, found.problems) == ("ok", "ok", "ok", [])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({DOMAIN: ["google-site-verification=1"]}, "no SPF record"),
        ({DOMAIN: [SPF, "v=spf1 -all"]}, "several SPF records"),
        ({DOMAIN: ["v=spf1 +all"]}, "lets everybody send"),
        ({f"_dmarc.{DOMAIN}": []}, "Add one TXT record at _dmarc.tea.example"),
        ({f"mail._domainkey.{DOMAIN}": ["v=DKIM1; p=MIIBothers"]}, "Add a TXT record at mail._domainkey.tea.example"),
    ],
)
def test_record_that_is_wrong_is_told_with_its_fix(settings, record, changes, said):
    records = {name: texts for name, texts in whole(record, **changes).items() if texts}
    with name_server(records) as settings.DNS_SERVER:
        (problem,) = domain_records.findings(f"hello@{DOMAIN}").problems
    assert said in problem


def test_name_server_that_says_nothing_is_unknown_and_not_waited_for(settings, record, monkeypatch):
    monkeypatch.setattr(domain_records, "LONGEST_S", 0.3)
    with name_server({}, is_silent=True) as settings.DNS_SERVER:
        found = domain_records.findings(f"hello@{DOMAIN}")
    assert found.spf == found.dmarc == DomainState.UNKNOWN
    assert "didn't answer" in found.problems[0]


def test_domain_without_a_key_to_sign_with_is_told(settings):
    settings.DKIM_KEYS = []
    with name_server({DOMAIN: [SPF], f"_dmarc.{DOMAIN}": [DMARC]}) as settings.DNS_SERVER:
        assert "DKIM_KEYS" in domain_records.findings(f"hello@{DOMAIN}").problems[0]


@pytest.mark.django_db
def test_what_goes_out_is_signed_with_the_headers_to_unsubscribe(settings, server, record):
    store = factories.make_store()
    make_sender(store)
    make_message(make_step(store))
    send_due(timezone.now())
    (content,) = server.contents

    def published(name: bytes, timeout: int = 5):
        assert name.rstrip(b".") == f"mail._domainkey.{DOMAIN}".encode()
        return record.encode()

    assert dkim.verify(content, dnsfunc=published)
    signature = content.partition(b"\r\nContent-Type")[0].lower()
    assert b":list-unsubscribe:list-unsubscribe-post;" in signature
    changed = content.replace(b"/m/u/", b"/m/x/")
    assert not dkim.verify(changed, dnsfunc=published)


@pytest.mark.django_db
@pytest.mark.parametrize("content", [None, "no key at all"])
def test_key_that_cannot_be_read_is_said_before_any_message_is_on_its_way(settings, server, tmp_path, content):
    file = tmp_path / "broken.pem"
    if content is not None:
        file.write_text(content)
    settings.DKIM_KEYS = [f"{DOMAIN}:mail:{file}"]
    store = factories.make_store()
    make_sender(store)
    message = make_message(make_step(store))
    with pytest.raises(ImproperlyConfigured, match="DKIM_KEYS"):
        send_due(timezone.now())
    message.refresh_from_db()
    assert message.state == "planned"
