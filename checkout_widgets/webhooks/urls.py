"""Where shop systems deliver."""

from django.urls import URLPattern, re_path

from checkout_widgets.webhooks.shop_systems.registry import SHOP_SYSTEMS
from checkout_widgets.webhooks.views import webhook

KINDS = "|".join(SHOP_SYSTEMS)

urlpatterns: list[URLPattern] = [re_path(rf"^(?P<kind>{KINDS})/(?P<slug>[-\w]+)$", webhook, name="webhook")]
