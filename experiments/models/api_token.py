"""A key to the read API."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from experiments.models.store import Store

PREFIX = "olr_"  # tells a leaked token's kind, to people and to scanners of secrets
NOTE_USE_EVERY = timedelta(minutes=1)  # a write at each request would lock the row against all others


class ApiToken(models.Model):
    """Reads one store's tests and results, and may write its annotations and drafts. None can launch or stop a test.

    Kept as its SHA-256: the token itself is shown once, when it is made.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("store"))
    name = models.CharField(_("name"), max_length=100, help_text=_("The system that uses it."))
    can_annotate = models.BooleanField(
        _("may write annotations"),
        default=False,
        db_default=False,
        help_text=_("Allow the system to add, change, and remove annotations."),
    )
    can_draft = models.BooleanField(
        _("may make drafts"),
        default=False,
        db_default=False,
        help_text=_("Allow the system to make drafts of tests. Only people launch and stop tests."),
    )
    start = models.CharField(_("begins with"), max_length=12, editable=False)
    digest = models.BinaryField(_("SHA-256"), max_length=32, unique=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("If off, requests with it are rejected."))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("store", "name")
        verbose_name = _("API token")

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"

    def renew(self) -> str:
        """Set a new token and return it, for this once; not saved here."""
        token = PREFIX + secrets.token_urlsafe(32)
        self.start, self.digest = token[:12], digest_of(token)
        return token

    @classmethod
    def find(cls, token: str) -> Self | None:
        """The active row of a token, its use noted at most once a minute; None where there is none."""
        row = cls.objects.select_related("store").filter(digest=digest_of(token), is_active=True).first()
        if row is not None:
            now = timezone.now()
            unnoted = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTE_USE_EVERY)
            cls.objects.filter(unnoted, pk=row.pk).update(last_used_at=now)
        return row


def digest_of(token: str) -> bytes:
    """What is kept of a token: it is random enough to need no salt."""
    return sha256(token.encode()).digest()
