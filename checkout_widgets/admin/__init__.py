"""The admin of products, pairs, offers, widgets and connections: one file per noun."""

from checkout_widgets.admin import connection, delivery, offer, pair, product, widget

__all__ = ["connection", "delivery", "offer", "pair", "product", "widget"]
