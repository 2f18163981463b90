"""ClickHouse servers that tests and benchmarks start in folders of their own, and end."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from clickhouse_driver import Client
from clickhouse_driver.errors import Error

SERVER = shutil.which("clickhouse-server") or shutil.which("clickhouse-server", path="/usr/sbin")
PATIENCE_S = 60
CONFIGURATION = """
<yandex>
    <logger><level>warning</level><log>{folder}/server.log</log><errorlog>{folder}/errors.log</errorlog></logger>
    <listen_host>127.0.0.1</listen_host>
    <tcp_port>{port}</tcp_port>
    <interserver_http_port>{interserver_port}</interserver_http_port>
    <interserver_http_host>127.0.0.1</interserver_http_host>
    <path>{folder}/data/</path>
    <tmp_path>{folder}/temporary/</tmp_path>
    <user_files_path>{folder}/user_files/</user_files_path>
    <users_config>{folder}/users.xml</users_config>
    <default_profile>default</default_profile>
    <default_database>default</default_database>
    <timezone>UTC</timezone>
    <mlock_executable>false</mlock_executable>
    <mark_cache_size>50000000</mark_cache_size>
    <compression><case><min_part_size>0</min_part_size><min_part_size_ratio>0</min_part_size_ratio>
        <method>zstd</method></case></compression>
</yandex>
"""
USERS = """
<yandex>
    <profiles><default><max_threads>2</max_threads><skip_unavailable_shards>1</skip_unavailable_shards></default></profiles>
    <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>
        <quota>default</quota></default></users>
    <quotas><default></default></quotas>
</yandex>
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ClickHouseServer:
    """One server: started, killed, and started again on the same data."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder, self.port = folder, port or free_port()
        folder.mkdir(parents=True)
        names = {"folder": folder, "port": self.port, "interserver_port": free_port()}
        (folder / "config.xml").write_text(CONFIGURATION.format(**names))
        (folder / "users.xml").write_text(USERS)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        assert SERVER is not None
        command = ["nice", "-n", "10", SERVER, f"--config-file={self.folder}/config.xml"]
        with (self.folder / "output.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        self.wait()

    def wait(self) -> None:
        """Return once it answers."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                self.execute("SELECT 1")
            except (Error, OSError):
                assert self.process is not None
                assert self.process.poll() is None, (self.folder / "output.log").read_text()[-2000:]
                assert time.monotonic() < deadline
                time.sleep(0.1)
            else:
                return

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        client = Client("127.0.0.1", self.port)
        try:
            return list(client.execute(statement))
        finally:
            client.disconnect()

    def kill(self) -> None:
        """SIGKILL: what it has answered must have been stored."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@contextmanager
def clickhouse_servers(folder: Path, ports: Sequence[int] = (0, 0)) -> Iterator[list[ClickHouseServer]]:
    """Start a server for each port, 0 being any free one, and end them."""
    servers = [ClickHouseServer(folder / f"shard_{index}", port) for index, port in enumerate(ports)]
    try:
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            if server.process is not None:
                server.kill()
