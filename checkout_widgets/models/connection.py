"""A shop system that sends a store's orders."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from experiments.models import Store
from experiments.models.store import SECRET_KEY_OVERLAP


class ConnectionKind(models.TextChoices):
    """Which shop system it is."""

    SHOPIFY = "shopify", "Shopify"
    WOOCOMMERCE = "woocommerce", "WooCommerce"


class Connection(models.Model):
    """A store's shop system and the secret that it signs its webhooks with, which never leaves the servers."""

    store = models.ForeignKey(Store, on_delete=models.CASCADE, related_name="connections", db_index=False)
    kind = models.CharField(max_length=16, choices=ConnectionKind.choices)
    secret = models.CharField(max_length=200)
    previous_secret = models.CharField(max_length=200, blank=True)
    previous_secret_expires_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True, help_text="Off: everything that arrives is refused")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("store", "kind")
        constraints = (
            models.UniqueConstraint(fields=("store", "kind"), name="one_connection_per_store_and_kind"),
            models.CheckConstraint(condition=~models.Q(secret=""), name="connection_has_a_secret"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.store}"

    def replace_secret(self, secret: str) -> None:
        """Sign with a new secret from now on; the one before stays valid for ``SECRET_KEY_OVERLAP``."""
        self.previous_secret = self.secret
        self.previous_secret_expires_at = timezone.now() + SECRET_KEY_OVERLAP
        self.secret = secret
        self.save(update_fields=["secret", "previous_secret", "previous_secret_expires_at", "updated_at"])

    def secrets(self, now: datetime) -> list[str]:
        """The secrets that count at this time, the current one first."""
        expires_at = self.previous_secret_expires_at
        is_overlap = self.previous_secret and expires_at is not None and now < expires_at
        return [self.secret, self.previous_secret] if is_overlap else [self.secret]
