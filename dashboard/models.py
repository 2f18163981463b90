"""What the dashboard itself keeps."""

import secrets
from datetime import datetime
from typing import Self

from django.core.signing import BadSignature, Signer
from django.db import models

from experiments.models import Experiment


def signer() -> Signer:
    """Return what signs and verifies addresses; made at each use, as the secret key isn't read with the models."""
    return Signer(sep=".", salt="offerlift.share")


def new_key() -> str:
    """What names a link."""
    return secrets.token_hex(12)


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    """Links, limited."""

    def open(self, now: datetime) -> Self:
        """Those that still show their report."""
        return self.filter(revoked_at=None, expires_at__gt=now)


class ShareLink(models.Model):
    """An address that shows one test's report to whoever has it, without a login, until it expires or is revoked.

    The address carries ``token``: the key with a signature, so that no other key can be tried.
    """

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="share_links")
    key = models.CharField(max_length=24, unique=True, default=new_key)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.experiment} until {self.expires_at:%Y-%m-%d}"

    @property
    def token(self) -> str:
        """What the address carries."""
        return signer().sign(self.key)


def key_of(token: str) -> str | None:
    """The key that a token carries; None where we didn't sign it."""
    try:
        return signer().unsign(token)
    except BadSignature:
        return None
