"""The console's URLs; the edge's are here too, so that one process can serve the whole product."""

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from checkout_widgets import stage
from checkout_widgets.edge.publication import views as publication
from dashboard.account.login_views import SignIn, second_step_of_login
from dashboard.operations import views as operations
from experiments.admin import keys

handler500 = "dashboard.errors.server_error"
urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/login/", RedirectView.as_view(pattern_name="login", query_string=True)),
    # where release 0.1 had the pages of webhook targets: bookmarks still lead there
    re_path(r"^admin/experiments/endpoint/(?P<rest>.*)$", keys.moved_webhook_target),
    path("admin/", admin.site.urls),
    path("login/", SignIn.as_view(), name="login"),
    path("login/second-step/", second_step_of_login, name="second_step"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("healthz", operations.health, name="health"),
    path("metrics", operations.metrics, name="metrics"),
    path("api/v1/", include("dashboard.api.urls")),
    # the console's alone: what edges follow is never answered by the public edge
    path("edge-configuration/<path:name>", publication.published, name="edge_configuration"),
    path("stage/v1/decide", stage.decide, name="stage_decide"),
    path("", include("config.urls_edge")),
    path("", include("dashboard.urls")),
]
if apps.is_installed("demo"):
    urlpatterns += [path("demo/mailbox/", include("demo.mailbox.urls")), path("demo/", include("demo.store.urls"))]
