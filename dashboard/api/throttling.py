"""How often a token may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from experiments.models import ApiToken

if TYPE_CHECKING:
    from rest_framework.views import APIView


class PerToken(SimpleRateThrottle):
    """600 calls a minute for each token, in each process; a report is the dearest of them."""

    rate = "600/min"
    scope = "token"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """One count for each token; None, which is no limit, for what needs none."""
        return f"api-{request.auth.pk}" if isinstance(request.auth, ApiToken) else None
