"""nginx with the configuration that the product ships, in front of servers of a test or a benchmark."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.server import HOST, free_port, wait_for

SHIPPED = Path(__file__).parent.parent / "docs/nginx/offerlift.conf"
MAIN = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 1;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/offerlift.conf;
}}
"""


def find() -> str | None:
    """nginx, where the machine has it; Debian keeps it where users don't look."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def write(folder: Path, *, edge_port: int, console_port: int, plain_port: int, tls_port: int) -> Path:
    """Write a configuration that includes the shipped one, with other addresses and a certificate of its own."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=offers.example"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    changes = {
        "127.0.0.1:8001": f"{HOST}:{edge_port}",
        "127.0.0.1:8000": f"{HOST}:{console_port}",
        "listen 80;": f"listen {HOST}:{plain_port};",
        "listen 443 ssl http2;": f"listen {HOST}:{tls_port} ssl http2;",
        "/etc/ssl/certs/offers.example.pem": str(certificate),
        "/etc/ssl/private/offers.example.key": str(key),
    }
    shipped = SHIPPED.read_text()
    for old, new in changes.items():
        shipped, count = re.subn(re.escape(old), new, shipped)
        if count != 1:
            raise ValueError(f"The shipped configuration has {old!r} {count} times.")
    (folder / "offerlift.conf").write_text(shipped)
    main = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # else its workers may not write into a folder of root's
    main.write_text(MAIN.format(folder=folder, user=user))
    return main


@contextmanager
def proxying(folder: Path, *, edge_port: int, console_port: int) -> Iterator[int]:
    """Run nginx and give the port on which it speaks TLS. Raises ``FileNotFoundError`` where there is no nginx."""
    nginx = find()
    if nginx is None:
        raise FileNotFoundError("nginx is not installed; tools/nginx.sh installs it.")
    plain_port, tls_port = free_port(), free_port()
    main = write(folder, edge_port=edge_port, console_port=console_port, plain_port=plain_port, tls_port=tls_port)
    process = subprocess.Popen([nginx, "-e", str(folder / "error.log"), "-c", str(main)])
    try:
        wait_for(tls_port, process)
        yield tls_port
    finally:
        process.terminate()
        process.wait(20)
