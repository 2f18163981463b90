"""Settings of the edge: the public URLs alone, with next to no middleware."""

from django.core.exceptions import ImproperlyConfigured

from config.environment import flag
from config.settings import *  # noqa: F403
from config.settings import CONFIGURATION_URL, DATABASE_URL
from config.settings import DATABASES as CONSOLE_DATABASES
from config.settings import INSTALLED_APPS as CONSOLE_APPS

ROOT_URLCONF = "config.urls_edge"
WSGI_APPLICATION = "config.wsgi_edge.application"
CONSOLE_ONLY = {  # pages, their API, and signing in
    "unfold",
    "django.contrib.admin",
    "csp",
    "django_htmx",
    "template_partials",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "rest_framework",
    "drf_spectacular",
    "dashboard",
    "demo",
}
INSTALLED_APPS = [app for app in CONSOLE_APPS if app not in CONSOLE_ONLY]
MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",
    "config.tracing.TracedRequests",
    "django.middleware.security.SecurityMiddleware",
]
AUTHENTICATION_BACKENDS = []

if CONFIGURATION_URL.startswith("http") and not DATABASE_URL:
    raise ImproperlyConfigured(
        "DATABASE_URL must be set where CONFIGURATION_URL is: events and orders that arrive here are stored there."
    )
DATABASES = CONSOLE_DATABASES
if not flag("PGBOUNCER"):
    options = DATABASES["default"]["OPTIONS"]
    # Statements that store events and orders are planned once per connection, not each time. A database that is stuck
    # must not hold the threads that decide as well: whoever waits for it is asked to come again.
    options |= {"server_side_binding": True, "prepare_threshold": 5}
    options["options"] = f"{options.get('options', '')} -c statement_timeout=10s".strip()
