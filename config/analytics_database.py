"""What ``ANALYTICS_URL`` means: the ClickHouse servers that keep the events that PostgreSQL no longer has."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PORTS = {"clickhouse": 9000, "clickhouses": 9440}


def analytics_shards(url: str) -> list[dict[str, Any]]:
    """Return how each shard is reached, in their order; none without an address. Raises ``ImproperlyConfigured``."""
    if not url:
        return []
    parts = urlsplit(url)
    login, _, hosts = parts.netloc.rpartition("@")
    database = parts.path.strip("/")
    if parts.scheme not in PORTS or not hosts or not database.isidentifier() or parts.query or parts.fragment:
        raise refused()
    user, _, password = login.partition(":")
    shards = []
    for host in hosts.split(","):
        name, _, port = host.partition(":")
        if not name or not (port or "1").isdigit():
            raise refused()
        shards.append(
            {
                "host": name,
                "port": int(port or PORTS[parts.scheme]),
                "user": unquote(user) or "default",
                "password": unquote(password),
                "database": database,
                "secure": parts.scheme == "clickhouses",
            }
        )
    return shards


def refused() -> ImproperlyConfigured:
    """Return what is raised where the address can't be read; it may hold a password, and so isn't repeated."""
    return ImproperlyConfigured(
        "ANALYTICS_URL must name one or more ClickHouse servers and a database: "
        "clickhouse://user:password@host:9000,host2:9000/offerlift, or clickhouses:// over TLS."
    )
