"""How fast the edge decides, beside a WSGI application that does nothing: ``python -m bench.decide``."""

import json
import statistics
from argparse import ArgumentParser

from bench import load
from bench.database import scratch
from bench.server import EDGE, FLOOR, Server, serving

HEADERS = [
    ("Origin", "https://shop.example"),
    ("Content-Type", "text/plain;charset=UTF-8"),
    ("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari/604.1"),
]


def body(number: int) -> bytes:
    """A shopper with a cart, asking for two moments."""
    return json.dumps(
        {
            "key": "pk_bench",
            "visitor_id": f"v_{number:016x}",
            "moments": ["cart", "exit_intent"],
            "page": {"path": "/cart"},
            "locale": "de-DE",
            "device": "phone",
            "cart": {
                "currency": "EUR",
                "total_minor": 6670,
                "items": [{"sku": "23166", "quantity": 2, "price_minor": 3335, "category": "kitchen"}],
            },
            "visitor": {"customer_id": None, "customer_type": "new", "orders": 0, "country": "DE", "tags": []},
            "history": {"shown_session": 0, "shown_today": 0, "declined_at": None, "friction": []},
            "consent": {"measurement": True},
        }
    ).encode()


def make_store() -> None:
    """A store with a test at each of the two moments, one of them with targeting."""
    from tests import factories

    store = factories.make_store(slug="bench", site_key="pk_bench", allowed_origins=["https://shop.example"])
    factories.make_live_experiment(store, key="cart")
    rules = {"all": [{"field": "device", "op": "in", "value": ["phone", "desktop"]}]}
    factories.make_live_experiment(store, key="exit", moment="exit_intent", targeting=rules)


def measure(server: Server, requests: list[bytes]) -> dict[str, float]:
    """One round against one server."""
    before = server.cpu_seconds()
    result = load.run(server.port, requests)
    return {
        "requests_per_second": round(result.per_second, 1),
        "p50_ms": round(result.percentile_ms(0.5), 3),
        "p99_ms": round(result.percentile_ms(0.99), 3),
        "cpu_us": round(1e6 * (server.cpu_seconds() - before) / len(requests), 1),
    }


def middle(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure over the rounds."""
    return {name: statistics.median(figures[name] for figures in rounds) for name in rounds[0]}


def main() -> None:
    """Run rounds of edge and floor in turn, and print the medians."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=4_000, help="per round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    requests = [load.request("/v1/decide", body(number), HEADERS) for number in range(options.requests)]
    with scratch() as environment:
        make_store()
        with serving(EDGE, environment) as edge:
            answers = load.run(edge.port, requests[:500], keep=500).answers
            size = {"FLOOR_ANSWER_BYTES": str(sum(map(len, answers)) // len(answers))}
            with serving(FLOOR, size) as floor:
                load.run(floor.port, requests[:500])
                pairs = [(measure(edge, requests), measure(floor, requests)) for _ in range(options.rounds)]
    decide, bare = (middle(list(rounds)) for rounds in zip(*pairs, strict=True))
    ratio = statistics.median(a["requests_per_second"] / b["requests_per_second"] for a, b in pairs)
    for name, figures in (("decide", decide), ("bare WSGI", bare)):
        print(f"{name:10}" + "".join(f"{key} {value:<12g}" for key, value in figures.items()))
    print(f"decide reaches {ratio:.0%} of the bare floor's throughput (aim: at least 33%)")
    print(json.dumps({"benchmark": "decide", "decide": decide, "floor": bare, "throughput_ratio": round(ratio, 3)}))


if __name__ == "__main__":
    main()
