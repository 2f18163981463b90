"""Two ClickHouse servers for the tests of this folder, started once."""

from collections.abc import Iterator
from typing import Any

import pytest

from config.analytics_database import analytics_shards
from experiments.event_store.shards import shards
from tests.clickhouse_servers import SERVER, ClickHouseServer, clickhouse_servers


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[ClickHouseServer]]:
    if SERVER is None:
        pytest.skip("clickhouse-server isn't installed: apt-get install clickhouse-server")
    with clickhouse_servers(tmp_path_factory.mktemp("clickhouse")) as started:
        yield started


@pytest.fixture
def on_clickhouse(servers: list[ClickHouseServer], settings: Any) -> list[ClickHouseServer]:
    """The settings name the servers, which are empty."""
    hosts = ",".join(server.address for server in servers)
    settings.ANALYTICS_SHARDS = analytics_shards(f"clickhouse://{hosts}/offerlift")
    for server in servers:
        server.execute("DROP DATABASE IF EXISTS offerlift")
    for shard in shards():
        shard.prepare()
    return servers
