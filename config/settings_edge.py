"""Settings of the edge: the public URLs alone, with next to no middleware."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as CONSOLE_APPS

ROOT_URLCONF = "config.urls_edge"
WSGI_APPLICATION = "config.wsgi_edge.application"
INSTALLED_APPS = [app for app in CONSOLE_APPS if app not in {"unfold", "csp", "django_htmx", "template_partials"}]
INSTALLED_APPS.remove("django.contrib.admin")
INSTALLED_APPS.remove("dashboard")
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
