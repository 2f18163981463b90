"""Whether mail programs will believe a sender: the records of its domain, each problem with its fix.

SPF is RFC 7208, DKIM RFC 6376, DMARC RFC 7489. Gmail and Yahoo ask for all three of whoever sends many messages.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import dns.exception
import dns.resolver
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext as _

from journeys.models import DomainState, Sender
from journeys.sending.dkim_signing import DkimKey, key_for

LONGEST_S = 5.0  # for one question: a name server that says nothing must not hold the page or the worker


class NoAnswer(Exception):
    """The name server didn't answer: nothing is known."""


@dataclass(slots=True)
class DomainFindings:
    """What the records of a domain say; ``problems`` are sentences with their fixes."""

    spf: DomainState = DomainState.OK
    dkim: DomainState = DomainState.OK
    dmarc: DomainState = DomainState.OK
    problems: list[str] = field(default_factory=list)


def check(sender: Sender, now: datetime) -> None:
    """Look at the records of a sender's domain, and store what they say."""
    found = findings(sender.address, has_seen_signature=is_signature_seen(sender))
    sender.spf, sender.dkim, sender.dmarc = found.spf, found.dkim, found.dmarc
    sender.problems, sender.checked_at = found.problems, now
    sender.save(update_fields=["spf", "dkim", "dmarc", "problems", "checked_at"])


def is_signature_seen(sender: Sender) -> bool:
    """Whether a received message has shown that others sign what goes out now, the headers to unsubscribe included."""
    return sender.signature_seen_of == way_of(sender)


def way_of(sender: Sender) -> str:
    """Return what a signature depends on: who hands messages over, and the domain that they are from."""
    return f"{settings.MESSAGE_PROVIDER or 'smtp'}:{domain_of(sender)}"


def domain_of(sender: Sender) -> str:
    """Return the domain of the sender's address."""
    return sender.address.rpartition("@")[2].lower()


def findings(address: str, *, has_seen_signature: bool = False) -> DomainFindings:
    """Return what the records of the address's domain say; a signature that was seen needs no record of ours."""
    domain, found = address.rpartition("@")[2].lower(), DomainFindings()
    found.spf = state_of(check_spf, domain, found.problems)
    if not has_seen_signature or has_own_key(domain):
        found.dkim = state_of(check_dkim, domain, found.problems)
    found.dmarc = state_of(check_dmarc, domain, found.problems)
    return found


def state_of(check_one: Callable[[str], str | None], domain: str, problems: list[str]) -> DomainState:
    """Return what one check says, and add its problem."""
    try:
        problem = check_one(domain)
    # Unknown, not wrong: a name server that is away for a minute must not stop a store from sending.
    except NoAnswer:
        problems.append(_("The name server of %(domain)s didn't answer. Check again later.") % {"domain": domain})
        return DomainState.UNKNOWN
    if problem is None:
        return DomainState.UNKNOWN
    if problem:
        problems.append(problem)
        return DomainState.WRONG
    return DomainState.OK


def check_spf(domain: str) -> str:
    """Return what is wrong with the domain's list of servers that may send; empty where nothing is."""
    records = [text for text in texts_at(domain) if text.lower().startswith("v=spf1")]
    if not records:
        advice = _("%(domain)s has no SPF record. Add the TXT record that your mail provider gives you.")
        return advice % {"domain": domain}
    if len(records) > 1:
        return _("%(domain)s has several SPF records, so none counts. Join them into one.") % {"domain": domain}
    if "+all" in records[0].lower().split():
        return _("The SPF record of %(domain)s lets everybody send. End it with ~all.") % {"domain": domain}
    return ""


def has_own_key(domain: str) -> bool:
    """Whether Offerlift signs what is from the domain."""
    return not settings.MESSAGE_PROVIDER and key_for(f"any@{domain}") is not None


def check_dkim(domain: str) -> str | None:
    """Return what is wrong with the public key that signatures are checked with; None where a provider signs."""
    if settings.MESSAGE_PROVIDER:
        return None  # under a name that only the provider knows
    key = key_for(f"any@{domain}")
    if key is None:
        advice = _(
            "There is no key to sign messages from %(domain)s. Create one and set it in DKIM_KEYS. If your mail server"
            " signs messages, ask the operator to prove it with manage.py check_signature."
        )
        return advice % {"domain": domain}
    name = f"{key.selector}._domainkey.{domain}"
    published = "".join("".join(texts_at(name)).split())
    wanted = public_key(key)
    if f"p={wanted}" not in published:
        advice = _("Add a TXT record at %(name)s with this text: %(text)s")
        return advice % {"name": name, "text": f"v=DKIM1; k=rsa; p={wanted}"}
    return ""


def check_dmarc(domain: str) -> str:
    """Return what is wrong with what the domain asks of mail that isn't its own; empty where nothing is."""
    records = [text for text in texts_at(f"_dmarc.{domain}") if text.lower().startswith("v=dmarc1")]
    if len(records) != 1:
        advice = _(
            "Add one TXT record at _dmarc.%(domain)s, such as v=DMARC1; p=none; rua=mailto:postmaster@%(domain)s"
        )
        return advice % {"domain": domain}
    return ""


def public_key(key: DkimKey) -> str:
    """Return the public key as its record has it."""
    encoded = key.private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(encoded).decode()


def texts_at(name: str) -> list[str]:
    """Return the TXT records of a name. Raises ``NoAnswer``."""
    try:
        answer = resolver().resolve(name, "TXT", lifetime=LONGEST_S)
    # The domain answers that it has none, which is something else than no answer.
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise NoAnswer from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def resolver() -> dns.resolver.Resolver:
    """Return who is asked: this machine's name server, or the one that ``DNS_SERVER`` names (address:port)."""
    if not settings.DNS_SERVER:
        return dns.resolver.Resolver()
    host, _colon, port = settings.DNS_SERVER.rpartition(":")
    asked = dns.resolver.Resolver(configure=False)
    asked.nameservers, asked.port = [host], int(port)
    return asked
