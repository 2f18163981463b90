"""Which pages may do what in the browser: a strict policy everywhere, the admin's own where its libraries need it."""

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

ADMIN_ADDS = {
    "script-src": [SELF, UNSAFE_EVAL],  # Alpine.js, which django-unfold's pages use, evaluates their attributes
    "style-src": [SELF, UNSAFE_INLINE],  # django-unfold writes its colours into a style element
}


class PolicyMiddleware(CSPMiddleware):
    """Sends the policy of ``CONTENT_SECURITY_POLICY``; on the admin's pages with ``ADMIN_ADDS``."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """Return the parts from which the header is built."""
        parts = super().get_policy_parts(request, response, report_only)
        if request.path.startswith(reverse("admin:index")):
            parts.replace = {**ADMIN_ADDS, **(parts.replace or {})}
        return parts
