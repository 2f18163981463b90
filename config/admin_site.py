"""The admin's look: titles, colours, navigation."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse, reverse_lazy


def is_superuser(request: HttpRequest) -> bool:
    """Who sees the link to the users."""
    return bool(request.user.is_superuser)


def link(title: str, icon: str, model: str, **more: str) -> dict[str, Any]:
    """A link to a model's list; ``icon`` is a name of Material Symbols."""
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist"), **more}


UNFOLD = {
    "SITE_TITLE": "Offerlift",
    "SITE_HEADER": "Offerlift",
    "SITE_SUBHEADER": "Admin",
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
                "title": "Tests",
                "items": [
                    link("Experiments", "science", "experiments_experiment"),
                    link("Stored results", "inventory", "experiments_snapshot"),
                ],
            },
            {
                "title": "Offers",
                "items": [
                    link("Offers", "sell", "checkout_widgets_offer"),
                    link("Widgets", "widgets", "checkout_widgets_widget"),
                    link("Products", "shopping_bag", "checkout_widgets_product"),
                    {"title": "Widget gallery", "icon": "gallery_thumbnail", "link": reverse_lazy("dashboard:gallery")},
                ],
            },
            {
                "title": "Data",
                "items": [
                    link("Orders", "receipt_long", "experiments_order"),
                    link("Deliveries", "webhook", "checkout_widgets_delivery"),
                    {
                        "title": "Deliveries given up",
                        "icon": "error",
                        "link": lambda request: (
                            f"{reverse('admin:checkout_widgets_delivery_changelist')}?status__exact=dead"
                        ),
                        "permission": "checkout_widgets.admin.delivery.has_given_up",
                    },
                    link("Rejections", "block", "experiments_rejection"),
                ],
            },
            {
                "title": "Set-up",
                "items": [
                    link("Stores", "storefront", "experiments_store"),
                    link("Connections", "cable", "checkout_widgets_connection"),
                    link("API tokens", "key", "experiments_apitoken"),
                    link("Outgoing messages", "outbox", "experiments_webhooktarget"),
                    link("Audit log", "history", "experiments_auditentry"),
                    link("Users", "group", "auth_user", permission="config.admin_site.is_superuser"),
                ],
            },
        ],
    },
}
