"""The console's URLs; the edge's are here too, so that one process can serve the whole product."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("demo/", include("checkout_widgets.demo_store.urls")),
    path("", include("config.urls_edge")),
    path("", include("dashboard.urls")),
]
