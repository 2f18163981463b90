from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from experiments import page_links


class CheckoutWidgetsConfig(AppConfig):
    """What the shopper sees and what the store's systems send."""

    name = "checkout_widgets"
    verbose_name = _("Offers and widgets")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say where a variant is previewed, which the admin of experiments links to, and what reads what it shows."""
        # not before: it has the models in it
        from experiments import shown_content

        page_links.register(page_links.LinkedPage.PREVIEW, "admin:checkout_widgets_widget_preview")
        shown_content.register("checkout_widgets.launching.shown.shown_by")
