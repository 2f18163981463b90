"""What the dashboard itself keeps."""

import secrets
from datetime import datetime
from typing import Self

from django.core.signing import BadSignature, Signer
from django.db import models
from django.utils.translation import gettext_lazy as _

from experiments.models import Experiment, Role, Store


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

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="share_links", verbose_name=_("test")
    )
    key = models.CharField(_("key"), max_length=24, unique=True, default=new_key)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=150)
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("share link")
        verbose_name_plural = _("share links")

    def __str__(self) -> str:
        words = {"test": self.experiment, "day": f"{self.expires_at:%Y-%m-%d}"}
        return _("%(test)s until %(day)s") % words

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


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations, limited."""

    def open(self, now: datetime) -> Self:
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


def invitation_signer() -> Signer:
    """Return what signs and verifies invitations; of its own kind, so that no other link of ours can be one."""
    return Signer(sep=".", salt="offerlift.invitation")


class Invitation(models.Model):
    """A place in a store's team with one role, for whoever has the address; accepted once, until it expires.

    The address carries ``token``: the key with a signature, so that no other key can be tried.
    """

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("store"))
    email = models.EmailField(_("email"))
    role = models.CharField(_("role"), max_length=8, choices=Role.choices)
    key = models.CharField(_("key"), max_length=24, unique=True, default=new_key)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.CharField(_("created by"), max_length=150)
    expires_at = models.DateTimeField(_("expires at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    accepted_by = models.CharField(_("accepted by"), max_length=150, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        words = {"email": self.email, "role": self.get_role_display(), "store": self.store}
        return _("%(email)s: %(role)s of %(store)s") % words

    @property
    def token(self) -> str:
        """What the address carries."""
        return invitation_signer().sign(self.key)


class PasswordRequest(models.Model):
    """That somebody asked for a new password: what the limits count. Digests, which name nobody; kept for an hour."""

    address = models.CharField(_("digest of the address"), max_length=64)
    line = models.CharField(_("digest of the client's line"), max_length=64)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("request for a new password")
        verbose_name_plural = _("requests for a new password")
        indexes = (models.Index(fields=("at",), name="password_requests_by_time"),)  # what counts, and what is deleted

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} UTC"


class ChosenShop(models.Model):
    """Which shop system's steps the setup page shows of a store: ``ShopChoice``, as a member chose it."""

    store = models.OneToOneField(Store, on_delete=models.CASCADE, related_name="+", verbose_name=_("store"))
    system = models.CharField(_("shop system"), max_length=16)
    chosen_by = models.CharField(_("chosen by"), max_length=150)

    class Meta:
        verbose_name = _("chosen shop system")
        verbose_name_plural = _("chosen shop systems")

    def __str__(self) -> str:
        return self.system
