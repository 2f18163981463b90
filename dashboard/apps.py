from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from experiments import page_links


class DashboardConfig(AppConfig):
    """What the CRO team reads."""

    name = "dashboard"
    verbose_name = _("Dashboard")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Say where the pages are that the apps below link to, and what of them goes into the digest."""
        # Django loads models before this, and pages need them.
        from dashboard.journeys.digest import journeys_section
        from dashboard.offers.digest import offers_section
        from experiments.notifications import digest_parts

        page_links.register(page_links.LinkedPage.REPORT, "dashboard:report")
        page_links.register(page_links.LinkedPage.LAUNCH, "dashboard:launch")
        page_links.register(page_links.LinkedPage.CONTACT, "dashboard:contact")
        page_links.register(page_links.LinkedPage.DELIVERABILITY, "dashboard:deliverability")
        page_links.register(page_links.LinkedPage.JOURNEY, "dashboard:journey")
        page_links.register(page_links.LinkedPage.OFFER, "dashboard:offer")
        page_links.register(page_links.LinkedPage.ACCOUNT, "dashboard:account")
        digest_parts.register(offers_section)
        digest_parts.register(journeys_section)
