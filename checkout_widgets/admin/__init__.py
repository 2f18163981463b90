"""The admin: one file per noun."""

from checkout_widgets.admin import offer, product, widget

__all__ = ["offer", "product", "widget"]
