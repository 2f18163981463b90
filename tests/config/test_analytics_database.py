import pytest
from django.core.exceptions import ImproperlyConfigured

from config.analytics_database import analytics_shards


def test_each_host_is_a_shard_with_the_same_login():
    first, second = analytics_shards("clickhouse://ada:p%40ss@one:9001,two/offerlift")
    assert first == {
        "host": "one",
        "port": 9001,
        "user": "ada",
        "password": "p@ss",
        "database": "offerlift",
        "secure": False,
    }
    assert (second["host"], second["port"], second["user"]) == ("two", 9000, "ada")


def test_tls_has_its_own_port_and_no_login_is_the_default_user():
    (shard,) = analytics_shards("clickhouses://one/offerlift")
    assert (shard["port"], shard["secure"], shard["user"], shard["password"]) == (9440, True, "default", "")


def test_without_an_address_there_is_no_shard():
    assert analytics_shards("") == []


@pytest.mark.parametrize(
    "url",
    [
        "postgres://one/offerlift",
        "clickhouse://one",
        "clickhouse:///offerlift",
        "clickhouse://one:port/offerlift",
        "clickhouse://one,/offerlift",
        "clickhouse://one/offer-lift",
        "clickhouse://one/offerlift?cluster=all",
    ],
)
def test_what_names_no_server_and_database_is_refused_without_repeating_a_password(url):
    with pytest.raises(ImproperlyConfigured, match="ANALYTICS_URL must name one or more ClickHouse servers") as refusal:
        analytics_shards(url.replace("://", "://ada:hunter2@"))
    assert "hunter2" not in str(refusal.value)
