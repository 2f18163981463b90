"""The admin of products, offers, widgets and connections: one file per noun."""

from checkout_widgets.admin import connection, delivery, offer, product, widget

__all__ = ["connection", "delivery", "offer", "product", "widget"]
