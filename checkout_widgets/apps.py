from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from experiments import catalogue, page_links


class CheckoutWidgetsConfig(AppConfig):
    """What the shopper sees and what the store's systems send."""

    name = "checkout_widgets"
    verbose_name = _("Offers and widgets")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say where a variant is previewed, which the admin of experiments links to, what reads what it shows, and what
        is in a category."""
        # Imported here: they load the models, which aren't ready when this module is read.
        from checkout_widgets.categories import skus_of
        from experiments import shown_content
        from experiments.running import harm_counts

        catalogue.register(skus_of)
        page_links.register(page_links.LinkedPage.PREVIEW, "admin:checkout_widgets_widget_preview")
        shown_content.register("checkout_widgets.launching.shown.shown_by")
        harm_counts.register("checkout_widgets.offer_days.second_offers.refused_twice")
