"""A shop system that sends a store's orders."""

from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from experiments import retired_secrets
from experiments.models import Store
from experiments.models.store import SECRET_KEY_OVERLAP
from experiments.retired_secrets import Expiring

SECRET_FIELDS = ("secret", "previous_secret", "previous_secret_expires_at", "older_secrets")


class ConnectionKind(models.TextChoices):
    """Which shop system it is."""

    SHOPIFY = "shopify", "Shopify"
    WOOCOMMERCE = "woocommerce", "WooCommerce"


class Connection(models.Model):
    """A store's shop system and the secret that it signs its webhooks with, which never leaves the servers."""

    store = models.ForeignKey(
        Store, on_delete=models.CASCADE, related_name="connections", db_index=False, verbose_name=_("store")
    )
    kind = models.CharField(_("shop system"), max_length=16, choices=ConnectionKind.choices)
    secret = models.CharField(_("signing secret"), max_length=200)
    previous_secret = models.CharField(_("previous signing secret"), max_length=200, blank=True)
    previous_secret_expires_at = models.DateTimeField(_("previous signing secret valid until"), null=True, blank=True)
    older_secrets = models.JSONField(
        _("older signing secrets"), default=list, db_default=[], blank=True, editable=False
    )
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("If off, all deliveries from the shop are rejected.")
    )
    # What a shop's plugin says of itself; empty where somebody typed the secret.
    site_address = models.CharField(_("site"), max_length=200, blank=True, default="", db_default="")
    site_versions = models.JSONField(_("shop software versions"), default=dict, db_default={}, blank=True)
    connected_at = models.DateTimeField(_("plugin last connected at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        ordering = ("store", "kind")
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = (
            # A webhook's address names store and shop system, so there is one secret to check its signature with.
            models.UniqueConstraint(fields=("store", "kind"), name="one_connection_per_store_and_kind"),
            # Whoever knows that a secret is empty could sign.
            models.CheckConstraint(condition=~models.Q(secret=""), name="connection_has_a_secret"),
        )

    def __str__(self) -> str:
        return _("{shop_system} of {store}").format(shop_system=self.get_kind_display(), store=self.store)

    def replace_secret(self, secret: str) -> None:
        """Sign with a new secret from now on; each one before stays valid for ``SECRET_KEY_OVERLAP`` from here.

        Nothing happens where it is the current one, typed again.
        """
        now, fields = timezone.now(), [*SECRET_FIELDS, "updated_at"]
        with transaction.atomic():
            # Locked and read again, against two forms saved at once: the second replaces the secret of the first, and
            # no secret that shops still sign with is lost.
            self.refresh_from_db(fields=SECRET_FIELDS, from_queryset=Connection.objects.select_for_update(no_key=True))
            if secret == self.secret:
                return
            self.older_secrets = retired_secrets.kept(
                self.older_secrets, self.previous_secret, self.previous_secret_expires_at, now
            )
            self.previous_secret = self.secret
            self.previous_secret_expires_at = now + SECRET_KEY_OVERLAP
            self.secret = secret
            self.save(update_fields=fields)

    def secrets(self, now: datetime) -> list[str]:
        """The secrets that count at this time, the current one first."""
        retired = retired_secrets.expiring(self.older_secrets)
        if self.previous_secret and self.previous_secret_expires_at is not None:
            retired.insert(0, Expiring(self.previous_secret, self.previous_secret_expires_at))
        return [self.secret, *retired_secrets.valid(retired, now)]
