"""The admin's look: titles, colours, navigation."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse, reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


def is_superuser(request: HttpRequest) -> bool:
    """Whether the link to the users is shown."""
    return bool(request.user.is_superuser)


def menu_link(title: Promise | str, icon: str, model: str, **more: str) -> dict[str, Any]:
    """Return a link to a model's list; ``icon`` is a name of Material Symbols."""
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist"), **more}


UNFOLD = {
    "SITE_TITLE": "Offerlift",
    "SITE_HEADER": "Offerlift",
    "SITE_SUBHEADER": _("Admin"),
    "SITE_URL": reverse_lazy("dashboard:home"),
    "SITE_ICON": lambda request: static("dashboard/favicon.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("dashboard/favicon.svg")},
    ],
    "STYLES": [
        lambda request: static("dashboard/shell.css"),
        lambda request: static("dashboard/admin.css"),
    ],
    "SCRIPTS": [
        lambda request: static("dashboard/theme.js"),
        lambda request: static("dashboard/menus.js"),
        lambda request: static("dashboard/terms.js"),
    ],
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "base": {
            "50": "#f5f6f9",
            "100": "#eceff4",
            "200": "#e4e7ed",
            "300": "#c9d1de",
            "400": "#a3aec0",
            "500": "#5a6577",
            "600": "#475164",
            "700": "#2b3547",
            "800": "#182030",
            "900": "#10151e",
            "950": "#0b0f16",
        },
        "primary": {
            "50": "#eef3fd",
            "100": "#dbe5fb",
            "200": "#bfd0f8",
            "300": "#94b1f2",
            "400": "#6388ea",
            "500": "light-dark(#416ae1, #8fb0ff)",
            "600": "#2f5bd7",
            "700": "#2447b4",
            "800": "#223c92",
            "900": "#203674",
            "950": "#182347",
        },
    },
    "SIDEBAR": {
        "navigation": [
            {
                "title": _("Tests"),
                "items": [
                    menu_link(_("Tests"), "science", "experiments_experiment"),
                    menu_link(_("Stored reports"), "inventory", "experiments_snapshot"),
                ],
            },
            {
                "title": _("Offers"),
                "items": [
                    menu_link(_("Offers"), "sell", "checkout_widgets_offer"),
                    menu_link(_("Widgets"), "widgets", "checkout_widgets_widget"),
                    menu_link(_("Second offers"), "step", "checkout_widgets_nextwidget"),
                    menu_link(_("Products"), "shopping_bag", "checkout_widgets_product"),
                    menu_link(_("Chosen pairs"), "join", "checkout_widgets_chosenpair"),
                    {
                        "title": _("Widget gallery"),
                        "icon": "gallery_thumbnail",
                        "link": reverse_lazy("dashboard:gallery"),
                    },
                ],
            },
            {
                "title": _("Data"),
                "items": [
                    menu_link(_("Orders"), "receipt_long", "experiments_order"),
                    menu_link(_("Deliveries"), "webhook", "checkout_widgets_delivery"),
                    {
                        "title": _("Failed deliveries"),
                        "icon": "error",
                        "link": lambda request: (
                            f"{reverse('admin:checkout_widgets_delivery_changelist')}?status__exact=dead"
                        ),
                        "permission": "checkout_widgets.admin.delivery.has_given_up",
                    },
                    menu_link(_("Rejections"), "block", "experiments_rejection"),
                ],
            },
            {
                "title": _("Setup"),
                "items": [
                    menu_link(_("Stores"), "storefront", "experiments_store"),
                    menu_link(_("Connections"), "cable", "checkout_widgets_connection"),
                    menu_link(_("API tokens"), "key", "experiments_apitoken"),
                    menu_link(_("Webhook targets"), "outbox", "experiments_webhooktarget"),
                    menu_link(_("Slack channels"), "forum", "experiments_slackchannel"),
                    menu_link(_("Audit log"), "history", "experiments_auditentry"),
                    menu_link(_("Users"), "group", "auth_user", permission="config.admin_site.is_superuser"),
                ],
            },
        ],
    },
}
