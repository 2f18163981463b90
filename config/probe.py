"""Ask whether a server of ours is well: ``python -m config.probe http://127.0.0.1:8001/healthz``, for health checks.

Sends what the proxy would, so that a server behind TLS answers instead of redirecting.
"""

import sys
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import Request, urlopen

from config.environment import env

PATIENCE_S = 5


def is_well(address: str) -> bool:
    """Whether the address answers 200, asked for as the first of ``ALLOWED_HOSTS`` by a proxy with TLS."""
    host = env.list("ALLOWED_HOSTS", default=["localhost"])[0]
    headers = {"Host": host, "X-Forwarded-Proto": "https"}
    try:
        with urlopen(Request(address, headers=headers), timeout=PATIENCE_S) as answer:  # noqa: S310  (the operator's)
            return int(answer.status) == 200
    except (URLError, OSError, HTTPException):
        return False


if __name__ == "__main__":
    sys.exit(0 if is_well(sys.argv[1]) else 1)
