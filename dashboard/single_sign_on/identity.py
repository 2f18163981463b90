"""Who the provider says somebody is, from verified claims."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from config.single_sign_on import SingleSignOn

LONGEST_SUBJECT = 255  # OpenID Connect Core, section 2
LONGEST_ADDRESS = 254  # RFC 5321, and the column's length


class NoSubjectError(ValueError):
    """The provider doesn't say who it is."""


@dataclass(frozen=True)
class Identity:
    """A person at the provider. ``email`` is empty unless the provider has verified it.

    ``groups`` is ``None`` where the provider doesn't list them, as Microsoft's doesn't beyond 200: nothing is known.
    """

    issuer: str
    subject: str
    email: str
    claimed_email: str
    username: str
    first_name: str
    last_name: str
    groups: frozenset[str] | None

    @classmethod
    def of(cls, claims: Mapping[str, Any], provider: SingleSignOn) -> "Identity":
        """Read it from claims. Raises ``NoSubjectError``."""
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\0" in subject:
            raise NoSubjectError
        address = address_of(claims)
        verified = claims.get("email_verified")
        # some providers send their booleans as text; "is", because 1 equals True
        is_verified = verified is True or verified == "true"
        return cls(
            issuer=str(claims["iss"]),
            subject=subject,
            email=address if is_verified else "",
            claimed_email=address,
            username=text_of(claims, "preferred_username"),
            first_name=text_of(claims, "given_name"),
            last_name=text_of(claims, "family_name"),
            groups=groups_of(claims, provider.groups_claim),
        )

    def as_session(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        held = asdict(self)
        if self.groups is not None:
            held["groups"] = sorted(self.groups)
        return held

    @classmethod
    def from_session(cls, held: dict[str, Any]) -> "Identity":
        """Return what ``as_session`` gave."""
        if held["groups"] is None:
            return cls(**held)
        return cls(**(held | {"groups": frozenset(held["groups"])}))


def address_of(claims: Mapping[str, Any]) -> str:
    """Return the address that the provider names; empty where it is none."""
    address = claims.get("email")
    # never shortened: a part of an address is somebody else's
    if not isinstance(address, str) or len(address) > LONGEST_ADDRESS:
        return ""
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address


def text_of(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim that is text; empty where it is anything else."""
    value = claims.get(name)
    if not isinstance(value, str) or "\0" in value:
        return ""
    return value.strip()[:150]


def groups_of(claims: Mapping[str, Any], name: str) -> frozenset[str] | None:
    """Return the groups; none where the claim is missing, as providers leave an empty one out."""
    elsewhere = claims.get("_claim_names")
    if isinstance(elsewhere, dict) and name in elsewhere:
        return None
    groups = claims.get(name, [])
    if isinstance(groups, str):
        groups = [groups]
    if not isinstance(groups, list):
        return frozenset()
    return frozenset(group for group in groups if isinstance(group, str))
