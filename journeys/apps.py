from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JourneysConfig(AppConfig):
    """What customers get after the order."""

    name = "journeys"
    verbose_name = _("Journeys")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep what orders and deliveries say of customers, and let orders begin journeys."""
        # not before: they have models in them
        from checkout_widgets import claim_uses, customer_news, customer_records
        from experiments import who_ordered
        from experiments.accounting import order_followers
        from journeys.contacts.bulk import keep_who_ordered
        from journeys.contacts.personal_data import RECORDS
        from journeys.contacts.recording import receive
        from journeys.life.claim_uses import step_uses

        claim_uses.register(step_uses)
        customer_news.register(receive)
        customer_records.register(RECORDS)
        who_ordered.register(keep_who_ordered)
        order_followers.register("journeys.triggers.orders.begin_for_orders")
