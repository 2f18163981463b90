"""Who asks: the holder of a store's token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from experiments.models import ApiToken

if TYPE_CHECKING:
    from rest_framework.views import APIView

SCHEME = "Bearer"


class StoreToken(BaseAuthentication):
    """``Authorization: Bearer olr_...``; ``request.auth`` is the token's row, which names the store."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiToken] | None:
        """The token's row; None without a token. Raises ``AuthenticationFailed`` for one that doesn't count."""
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        row = ApiToken.find(token.strip())
        if row is None:
            raise AuthenticationFailed("No such token, or it is switched off.")
        return AnonymousUser(), row

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return SCHEME


class HasToken(BasePermission):
    """Only with a token."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether one came along."""
        return isinstance(request.auth, ApiToken)


class StoreTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The token in the description of the API."""

    target_class = StoreToken
    name = "storeToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """HTTP bearer authentication."""
        return {"type": "http", "scheme": "bearer", "description": "A store's token, made in the admin."}
