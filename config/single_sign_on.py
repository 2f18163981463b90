"""Single sign-on by OpenID Connect: what its settings say, and why they can't work."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config.environment import env

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ROLES = ("viewer", "editor", "admin")  # from the one that may least to the one that may most
EXAMPLE = '{"growth-team": {"tea-shop": "editor"}}'


@dataclass(frozen=True)
class SingleSignOn:
    """A provider: its ``issuer``, our account there, and which roles its groups give.

    ``roles`` maps a group to a role by the slug of a store: ``{"growth-team": {"tea-shop": "editor"}}``.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    scopes: str
    groups_claim: str
    roles: Mapping[str, Mapping[str, str]]

    @property
    def stores(self) -> set[str]:
        """The slugs of the stores in which groups decide who is a member."""
        return {slug for by_store in self.roles.values() for slug in by_store}

    def role_in(self, slug: str, groups: frozenset[str]) -> str | None:
        """Return the role that may most of those that the groups give in a store; ``None`` where they give none."""
        given = {by_store.get(slug) for group, by_store in self.roles.items() if group in groups}
        for role in reversed(ROLES):
            if role in given:
                return role
        return None


def from_environment() -> SingleSignOn | None:
    """Read the settings; ``None`` where no provider is set up. Raises ``ImproperlyConfigured``."""
    issuer = env.str("OIDC_ISSUER", default="").rstrip("/").removesuffix("/.well-known/openid-configuration")
    others = {name: env.str(name, default="") for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")}
    if not issuer:
        require_nothing_alone(others | {"OIDC_ROLES": env.str("OIDC_ROLES", default="")})
        return None
    require_address(issuer)
    for name, value in others.items():
        if not value:
            raise ImproperlyConfigured(f"{name} must be set with OIDC_ISSUER: the provider gives it to you.")
    scopes = env.str("OIDC_SCOPES", default="openid email profile")
    if "openid" not in scopes.split():
        raise ImproperlyConfigured(f"OIDC_SCOPES must contain openid, such as 'openid email profile', not {scopes!r}.")
    return SingleSignOn(
        issuer=issuer,
        client_id=others["OIDC_CLIENT_ID"],
        client_secret=others["OIDC_CLIENT_SECRET"],
        name=env.str("OIDC_NAME", default="") or str(urlsplit(issuer).hostname),
        scopes=scopes,
        groups_claim=env.str("OIDC_GROUPS_CLAIM", default="groups"),
        roles=roles_of(env.str("OIDC_ROLES", default="")),
    )


def require_nothing_alone(settings: Mapping[str, str]) -> None:
    """Raise ``ImproperlyConfigured`` where a setting would have no effect."""
    for name, value in settings.items():
        if value:
            raise ImproperlyConfigured(f"{name} is set without OIDC_ISSUER. Set OIDC_ISSUER, or unset {name}.")


def require_address(issuer: str) -> None:
    """Raise ``ImproperlyConfigured`` for an issuer that can't be asked, or could be read on the way."""
    parts = urlsplit(issuer)
    is_local = parts.scheme == "http" and parts.hostname in LOOPBACK
    is_plain = "@" not in parts.netloc and not parts.query and not parts.fragment
    if not (parts.scheme == "https" or is_local) or not parts.hostname or not is_plain:
        raise ImproperlyConfigured(
            f"OIDC_ISSUER must be the provider's https:// address, such as https://accounts.google.com, not {issuer!r}."
        )


def roles_of(text: str) -> dict[str, dict[str, str]]:
    """Read which roles groups give. Raises ``ImproperlyConfigured``."""
    if not text:
        return {}
    try:
        roles = json.loads(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"OIDC_ROLES must be JSON, such as {EXAMPLE}: {error}.") from error
    if not isinstance(roles, dict) or not all(is_of_group(by_store) for by_store in roles.values()):
        raise ImproperlyConfigured(
            f"OIDC_ROLES must map each group to roles ({', '.join(ROLES)}) by a store's slug, such as {EXAMPLE}."
        )
    return roles


def is_of_group(by_store: Any) -> bool:
    """Whether what is said of a group names a role for each store."""
    return isinstance(by_store, dict) and all(role in ROLES for role in by_store.values())
