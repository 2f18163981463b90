"""Settings of the console (admin, dashboard) and of the demo; the edge's are in ``settings_edge.py``.

Every setting that an operator can change is read from the environment and described in ``docs/operations.md``.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import lazy

from config import admin_site, single_sign_on
from config.analytics_database import analytics_shards
from config.data_folder import local_key
from config.environment import env, flag, folder_address, number, require_long_keys
from config.reports_database import reports_database

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("OFFERLIFT_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DEBUG = flag("DEBUG")
DEMO = flag("DEMO")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
IS_HTTPS = flag("HTTPS")
SCRIPT_NAME = env.str("SCRIPT_NAME", default="").rstrip("/")
if SCRIPT_NAME and not SCRIPT_NAME.startswith("/"):
    raise ImproperlyConfigured(f"SCRIPT_NAME must begin with a slash, such as /offers, not {SCRIPT_NAME!r}.")
FORCE_SCRIPT_NAME = SCRIPT_NAME or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{SCRIPT_NAME}/"


# Lazy, because the key of the data folder is made at its first use and not by whoever reads the settings.
SECRET_KEY = env.str("SECRET_KEY", default="") or lazy(local_key, str)(DATA_DIR, "secret_key")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

DATABASE_URL = env.str("DATABASE_URL", default="")
HAS_EMBEDDED_POSTGRES = not DATABASE_URL
DATABASES: dict[str, dict[str, Any]]
if HAS_EMBEDDED_POSTGRES:
    DATABASES = {"default": {"ENGINE": "config.embedded_database", "NAME": "postgres", "USER": "postgres"}}
else:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
    if "postgresql" not in DATABASES["default"]["ENGINE"]:
        raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database: postgres://user:password@host/name.")
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": True}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)

# The keys of customers' addresses (docs/operations.md): ADDRESS_KEYS encrypt them, the newest first, and can be
# replaced; ADDRESS_DIGEST_KEY finds them and names guests, and never changes. Beside a database of its own on another
# machine, a key of the data folder would differ from process to process: there is none until somebody sets one.
ADDRESS_KEYS = env.list("ADDRESS_KEYS", default=[])
ADDRESS_DIGEST_KEY = env.str("ADDRESS_DIGEST_KEY", default="")
require_long_keys("ADDRESS_KEYS", ADDRESS_KEYS)
require_long_keys("ADDRESS_DIGEST_KEY", filter(None, [ADDRESS_DIGEST_KEY]))
if HAS_EMBEDDED_POSTGRES:
    ADDRESS_KEYS = ADDRESS_KEYS or [lazy(local_key, str)(DATA_DIR, "address_keys")]
    ADDRESS_DIGEST_KEY = ADDRESS_DIGEST_KEY or lazy(local_key, str)(DATA_DIR, "address_digest_key")

# A replica that pages, exports and the API may read (experiments/reading/replica.py).
REPORTS_DATABASE_URL = env.str("REPORTS_DATABASE_URL", default="")
if REPORTS_DATABASE_URL:
    DATABASES["reports"] = reports_database(REPORTS_DATABASE_URL)
    DATABASE_ROUTERS = ["experiments.reading.replica.ReplicaRouter"]

# ClickHouse servers that keep events once PostgreSQL needs them no more (experiments/event_store); none: it keeps them.
ANALYTICS_SHARDS = analytics_shards(env.str("ANALYTICS_URL", default=""))

INSTALLED_APPS = [
    "dashboard",  # before unfold, whose templates it extends
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "template_partials",
    "procrastinate.contrib.django",
    "axes",
    "django_guid",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "rest_framework",
    "drf_spectacular",
    "experiments",
    "checkout_widgets",
    "journeys",
]
if DEMO:  # never by default: a shop with invented data has no place beside a real one
    INSTALLED_APPS.append("demo")
MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",  # first: what the others log has the id too
    "config.tracing.TracedRequests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.private_pages.PrivatePages",
    "config.content_security_policy.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.reader_language.ReaderLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.refused_requests.RefusedValues",
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboard.shell.context",
                # What the demo says on every page while it isn't complete.
                *(["demo.notices.context"] if DEMO else []),
            ],
        },
    },
]
VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{VALIDATION}.NumericPasswordValidator"},
]
HASHERS = "django.contrib.auth.hashers"
PASSWORD_RESET_TIMEOUT = 3600  # of a link in an e-mail: whoever finds it later in a mailbox can't use it
PASSWORD_HASHERS = [
    f"{HASHERS}.Argon2PasswordHasher",
    f"{HASHERS}.PBKDF2PasswordHasher",  # before Argon2: verified, and hashed anew when their owners sign in
]
SESSION_COOKIE_AGE = 3600 * number("SESSION_HOURS", default=168, least=1)
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_HANDLER = "dashboard.account.lockout.LockoutHandler"
AXES_CLIENT_IP_CALLABLE = "config.client_address.of_console_request"
AXES_CLIENT_STR_CALLABLE = "config.log_privacy.unnamed_client"
AXES_LOCKOUT_CALLABLE = "dashboard.account.views.too_many_attempts"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
OTP_ADMIN_HIDE_SENSITIVE_DATA = True
SINGLE_SIGN_ON = single_sign_on.from_environment()
CONSOLE_PROXIES = number("CONSOLE_PROXIES", default=0, least=0)
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard:home"
LOGOUT_REDIRECT_URL = "login"

CONSOLE_URL = env.str("CONSOLE_URL", default="http://127.0.0.1:8000").rstrip("/").removesuffix(SCRIPT_NAME)
# Where pages and shops reach the edge, if not at the console's own address; without the last slash.
EDGE_URL = env.str("EDGE_URL", default="").rstrip("/").removesuffix(SCRIPT_NAME)
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="Offerlift <offerlift@localhost>")
try:
    vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
except ImproperlyConfigured as error:
    raise ImproperlyConfigured("EMAIL_URL must be such as smtp+tls://user:password@host:587.") from error
if DEMO and "EMAIL_URL" not in os.environ:
    EMAIL_BACKEND = "demo.mailbox.delivery.MailboxBackend"  # the demo's emails go to nobody
EMAIL_TIMEOUT = 30  # seconds: without one, a server that says nothing would hold the worker for ever
# Messages to customers: by a provider that django-anymail knows, such as postmark, with its keys as ANYMAIL_*, or by
# EMAIL_URL as well. DKIM_KEYS sign what goes out by plain SMTP: domain:selector:file each.
MESSAGE_PROVIDER = env.str("MESSAGE_PROVIDER", default="")
ANYMAIL: dict[str, Any] = {}
for name, value in os.environ.items():
    if name.startswith("ANYMAIL_"):
        ANYMAIL[name.removeprefix("ANYMAIL_")] = value
if "REQUESTS_TIMEOUT" in ANYMAIL:
    ANYMAIL["REQUESTS_TIMEOUT"] = env.float("ANYMAIL_REQUESTS_TIMEOUT")  # in seconds; a text would fail each request
DKIM_KEYS = env.list("DKIM_KEYS", default=[])
DNS_SERVER = env.str("DNS_SERVER", default="")  # such as 127.0.0.1:53, where not this machine's own
WEBHOOKS_TO_PRIVATE_ADDRESSES = flag("WEBHOOKS_TO_PRIVATE_ADDRESSES")
# What the addresses of Slack channels begin with: a member's text can't send messages anywhere else.
SLACK_WEBHOOKS = env.list("SLACK_WEBHOOKS", default=["https://hooks.slack.com/services/"])

DEMO_STORE_API_URL = env.str("DEMO_STORE_API_URL", default="")

# The console's languages: a catalog in locale/ and a line here make one more. Readers get their browser's.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = f"{SCRIPT_NAME}/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = flag("STATIC_FROM_SOURCE")  # no collectstatic needed, nothing compressed
static_storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
if WHITENOISE_USE_FINDERS:
    static_storage = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": static_storage},
}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_HTTPS
if IS_HTTPS:
    # A proxy ends TLS and says so; without its header every page would be sent to https for ever.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000  # a year, which browsers' own lists of https hosts ask for
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
UNFOLD = admin_site.UNFOLD
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "https:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["dashboard.api.authentication.StoreToken"],
    "DEFAULT_PERMISSION_CLASSES": ["dashboard.api.authentication.HasToken"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["dashboard.api.throttling.PerToken"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Offerlift",
    "DESCRIPTION": "A store's tests, reports, snapshots and events. Money is in minor units, times are UTC.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "dashboard.api.schema.add_report",
    ],
    "PREPROCESSING_HOOKS": [],
    # Both are fields named "kind".
    "ENUM_NAME_OVERRIDES": {
        "KindEnum": "experiments.models.AnnotationKind.choices",
        "OfferKindEnum": "checkout_widgets.models.OfferKind.choices",
    },
}

EDGE_POLL_SECONDS = number("EDGE_POLL_SECONDS", default=0.5, least=0.0)
EDGE_CALLS_PER_MINUTE = number("EDGE_CALLS_PER_MINUTE", default=1200, least=0)
EDGE_PROCESSES = number("EDGE_PROCESSES", default=1, least=1)
if 0 < EDGE_CALLS_PER_MINUTE < EDGE_PROCESSES:
    raise ImproperlyConfigured(
        f"EDGE_CALLS_PER_MINUTE must be 0 or at least EDGE_PROCESSES ({EDGE_PROCESSES}), not {EDGE_CALLS_PER_MINUTE}: "
        "each process allows its share."
    )
EDGE_PROXIES = number("EDGE_PROXIES", default=0, least=0)

# Where edges don't ask the database: what the worker publishes, where edges read it, and the keys they show for it.
EDGE_KEYS = env.list("EDGE_KEYS", default=[])
require_long_keys("EDGE_KEYS", EDGE_KEYS)
CONFIGURATION_URL = folder_address("CONFIGURATION_URL", env.str("CONFIGURATION_URL", default=""))
PUBLISHED_TO = env.str("CONFIGURATION_FOLDER", default="")
CONFIGURATION_FOLDER = Path(PUBLISHED_TO or DATA_DIR / "configuration").resolve()
PUBLISHES_CONFIGURATION = bool(EDGE_KEYS or PUBLISHED_TO)

OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")  # which OpenTelemetry's SDK reads too
METRICS_TOKEN = env.list("METRICS_TOKEN", default=[])  # several while one is being replaced
# Pages of other origins have no use for the id.
DJANGO_GUID = {"GUID_HEADER_NAME": "X-Request-ID", "RETURN_HEADER": True, "EXPOSE_HEADER": False}
LOG_FORMAT = env.str("LOG_FORMAT", default="line")
if LOG_FORMAT not in {"line", "json"}:
    raise ImproperlyConfigured(f"LOG_FORMAT must be line or json, not {LOG_FORMAT!r}.")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.log_privacy.LineWithoutAddresses",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        },
        "json": {
            "()": "config.log_privacy.JsonWithoutAddresses",
            "format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
            "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
        },
    },
    "filters": {
        "one_line": {"()": "config.database_trouble.OneLine"},
        "with_request_id": {"()": "config.request_ids.WithRequestId"},
        "without_arguments": {"()": "config.log_privacy.WithoutArguments"},
        "without_traceback": {"()": "config.refused_requests.WithoutTraceback"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["one_line", "with_request_id", "without_arguments", "without_traceback"],
        },
    },
    "loggers": {
        "django_guid": {"level": "ERROR"},  # it would write down each id that somebody made up
        "psycopg.pool": {"level": "ERROR"},  # each attempt of its own; the worker says once that it waits
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
