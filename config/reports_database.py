"""What ``REPORTS_DATABASE_URL`` means: a replica that reports may be read from."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.environment import env

READ_ONLY = "-c default_transaction_read_only=on"


def reports_database(url: str) -> dict[str, Any]:
    """Return the replica's entry in ``DATABASES``. Raises ``ImproperlyConfigured``."""
    database: dict[str, Any] = env.db_url_config(url)
    if "postgresql" not in database["ENGINE"]:
        raise ImproperlyConfigured(
            "REPORTS_DATABASE_URL must name a PostgreSQL replica of the database: postgres://user:password@host/name."
        )
    database |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": True}
    options = database.setdefault("OPTIONS", {})
    options.setdefault("connect_timeout", 3)
    # A replica refuses writes by itself; what isn't one, named by mistake or promoted, has to refuse them, too.
    options["options"] = f"{options.get('options', '')} {READ_ONLY}".strip()
    return database
