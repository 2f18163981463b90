"""Settings of the edge: the public URLs alone, with next to no middleware."""

from config.settings import *  # noqa: F403
from config.settings import DATABASES as CONSOLE_DATABASES
from config.settings import INSTALLED_APPS as CONSOLE_APPS
from config.settings import flag

ROOT_URLCONF = "config.urls_edge"
WSGI_APPLICATION = "config.wsgi_edge.application"
INSTALLED_APPS = [app for app in CONSOLE_APPS if app not in {"unfold", "csp", "django_htmx", "template_partials"}]
INSTALLED_APPS.remove("django.contrib.admin")
INSTALLED_APPS.remove("dashboard")
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]

DATABASES = CONSOLE_DATABASES
if not flag("PGBOUNCER"):  # plan the statements that store events and orders once per connection, not each time
    DATABASES["default"]["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 5}
