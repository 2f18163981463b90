"""Where shop systems deliver."""

from django.urls import URLPattern, re_path

from checkout_widgets.models import ConnectionKind
from checkout_widgets.webhooks.views import webhook

KINDS = "|".join(ConnectionKind.values)

urlpatterns: list[URLPattern] = [re_path(rf"^(?P<kind>{KINDS})/(?P<slug>[-\w]+)$", webhook, name="webhook")]
