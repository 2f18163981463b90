"""What the dashboard itself keeps."""

import secrets
from datetime import datetime
from typing import Self

from django.contrib.auth.models import User
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
    # As for a link that was revoked: nobody learns by it which keys there are.
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


class SignInRequest(models.Model):
    """That a client began to sign in by a passkey or by single sign-on: what the limits count, kept for an hour."""

    kind = models.CharField(_("kind"), max_length=16)
    line = models.CharField(_("digest of the client's line"), max_length=64)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("request to sign in")
        verbose_name_plural = _("requests to sign in")
        indexes = (
            models.Index(fields=("line", "kind", "at"), name="sign_in_requests_of_a_line"),  # what counts
            models.Index(fields=("at",), name="sign_in_requests_by_time"),  # what deletes
        )

    def __str__(self) -> str:
        return f"{self.kind}, {self.at:%Y-%m-%d %H:%M:%S} UTC"


class Passkey(models.Model):
    """A key pair of a person's device (WebAuthn), of which this is the public half.

    ``credential`` is what the device attested: AAGUID, id and COSE key, as ``fido2`` reads it. ``sign_count`` is the
    device's counter at its last use; passkeys that devices synchronize always say 0.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=60)
    host = models.CharField(_("host"), max_length=253, help_text=_("Where it works: the console's host name."))
    credential_id = models.CharField(_("credential ID"), max_length=1400, unique=True)  # 1,023 bytes at most, base64url
    credential = models.BinaryField(_("credential"))
    sign_count = models.BigIntegerField(_("sign count"), default=0)
    created_at = models.DateTimeField(_("created at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True)

    class Meta:
        ordering = ("created_at", "id")
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")

    def __str__(self) -> str:
        return self.name


class SignOnLink(models.Model):
    """That a person at the provider of single sign-on is a person here: by the provider's own name for them.

    Never by an address, which can be given to somebody else. The issuer belongs to it: another provider's subjects are
    other people.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_on_links", verbose_name=_("user"))
    issuer = models.CharField(_("issuer"), max_length=500)
    subject = models.CharField(_("subject"), max_length=255)
    linked_at = models.DateTimeField(_("linked at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True)

    class Meta:
        verbose_name = _("link to single sign-on")
        verbose_name_plural = _("links to single sign-on")
        constraints = (
            models.UniqueConstraint(fields=("issuer", "subject"), name="one_person_for_a_subject"),
            models.UniqueConstraint(fields=("user", "issuer"), name="one_subject_for_a_person"),
        )

    def __str__(self) -> str:
        return f"{self.user}, {self.issuer}"


class SignOnRefusalReason(models.TextChoices):
    """Why single sign-on didn't log somebody in."""

    DENIED = "denied", _("The provider refused")
    UNREACHABLE = "unreachable", _("The provider couldn't be asked")
    WRONG_STATE = "wrong_state", _("Not begun in this browser, or answered before")
    WRONG_TOKEN = "wrong_token", _("The token couldn't be verified")
    UNVERIFIED = "unverified", _("The provider hasn't verified the address")
    AMBIGUOUS = "ambiguous", _("Several accounts have the address")
    UNKNOWN = "unknown", _("Nobody's account")
    DEACTIVATED = "deactivated", _("The account is deactivated")
    TAKEN = "taken", _("Linked to another account")
    NOT_CONFIRMED = "not_confirmed", _("Confirmed by a login to another account")


class SignOnRefusal(models.Model):
    """That single sign-on didn't log somebody in, and why; kept for 90 days.

    ``person`` is whose account it was about, where that is known: most refusals are of nobody.
    """

    at = models.DateTimeField(_("time"))
    reason = models.CharField(_("reason"), max_length=16, choices=SignOnRefusalReason.choices)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    person = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("user"))

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = _("refused single sign-on")
        verbose_name_plural = _("refused single sign-ons")
        indexes = (models.Index(fields=("at",), name="sign_on_refusals_by_time"),)  # the admin's list, what is deleted

    def __str__(self) -> str:
        return self.get_reason_display()


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
