from django.apps import AppConfig


class CheckoutWidgetsConfig(AppConfig):
    """What the shopper sees and what the store's systems send."""

    name = "checkout_widgets"
    verbose_name = "Offers and widgets"
    default_auto_field = "django.db.models.BigAutoField"
