"""Which version of the configuration the edge should hold."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConfigurationVersion(models.Model):
    """One row that counts the changes to everything that the edge keeps in memory.

    Database triggers move it, so that no way of changing the configuration can forget to.
    """

    version = models.PositiveBigIntegerField(_("version"), default=0)

    class Meta:
        # One row, so that a change anywhere is seen by looking at one number.
        verbose_name = _("version of the edge's configuration")
        verbose_name_plural = _("versions of the edge's configuration")
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_configuration_version"),)

    def __str__(self) -> str:
        return str(self.version)


class StoreVersion(models.Model):
    """The count at which a store's part of the configuration last changed; 0 stands for all stores.

    A store that was deleted keeps its row, so that the edge sees that it is gone: hence no foreign key.
    """

    store_id = models.BigIntegerField(_("store"), primary_key=True)
    version = models.PositiveBigIntegerField(_("version"), db_index=True)

    class Meta:
        verbose_name = _("version of a store's configuration")
        verbose_name_plural = _("versions of stores' configurations")

    def __str__(self) -> str:
        return f"{self.store_id}: {self.version}"
