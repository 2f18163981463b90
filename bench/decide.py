"""How fast the edge decides, beside a WSGI application that does nothing: ``python -m bench.decide``.

Then the same beside batches of events, with their table locked, and with the database stopped (``mix.py``).
"""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from operator import itemgetter

from bench import interpreter, load, mix
from bench.database import scratch
from bench.figures import in_columns, median_ratio, medians_of_rounds
from bench.mix import Beside
from bench.server import EDGE, FLOOR, Server, serving

HEADERS = [
    ("Origin", "https://shop.example"),
    ("Content-Type", "text/plain;charset=UTF-8"),
    ("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Safari/604.1"),
]


Figures = dict[str, float]
AIMS_MS = {"decide": 3.0, "batches beside": 8.0, "events locked": 50.0, "database stopped": 50.0}


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


def questions(first: int, count: int) -> list[bytes]:
    """Return the requests of so many shoppers."""
    asked = []
    for number in range(first, first + count):
        asked.append(load.request("/v1/decide", body(number), HEADERS))
    return asked


def make_store() -> None:
    """A store with a test at each of the two moments, one of them with targeting."""
    from tests import factories

    store = factories.make_store(slug="bench", site_key="pk_bench", allowed_origins=["https://shop.example"])
    factories.make_live_experiment(store, key="cart")
    rules = {"all": [{"field": "device", "op": "in", "value": ["phone", "desktop"]}]}
    factories.make_live_experiment(store, key="exit", moment="exit_intent", targeting=rules)


def measure(server: Server, requests: list[bytes]) -> Figures:
    """One round against one server."""
    before = server.cpu_seconds()
    result = load.run(server.port, requests)
    return {
        "requests_per_second": round(result.per_second, 1),
        "p50_ms": round(result.percentile_ms(0.5), 3),
        "p99_ms": round(result.percentile_ms(0.99), 3),
        "cpu_us": round(1e6 * (server.cpu_seconds() - before) / len(requests), 1),
    }


def main() -> None:
    """Run rounds of edge and floor in turn, and print the medians."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=4_000, help="per round")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with scratch() as environment:
        make_store()
        rows = measure_all(environment, mix.situations(), requests=options.requests, rounds=options.rounds)
    report(rows)


def measure_all(
    environment: Mapping[str, str], situations: Mapping[str, Beside], *, requests: int, rounds: int
) -> dict[str, list[Figures]]:
    """Measure rounds of edge and floor in turn, then of the edge in each situation; return the figures by row."""
    asking = questions(0, requests)
    rows: dict[str, list[Figures]] = {"decide": [], "bare WSGI": []}
    with serving(EDGE, environment) as edge:
        answers = load.run(edge.port, asking[:500], keep=500).answers
        size = {"FLOOR_ANSWER_BYTES": str(sum(map(len, answers)) // len(answers))}
        with serving(FLOOR, size) as floor:
            load.run(floor.port, asking[:500])
            for _ in range(rounds):
                rows["decide"].append(measure(edge, asking))
                rows["bare WSGI"].append(measure(floor, asking))
        for name, beside in situations.items():
            rows[name] = measure_beside(beside, edge, asking, rounds=max(1, rounds // 3))
    return rows


def measure_beside(beside: Beside, edge: Server, asking: list[bytes], *, rounds: int) -> list[Figures]:
    """Measure rounds of the edge in a situation, which begins and ends with each."""
    figures = []
    for _ in range(rounds):
        with beside(edge):
            figures.append(measure(edge, asking))
    return figures


def ratios(rows: dict[str, list[Figures]]) -> Figures:
    """How decide compares with the floor of the same round: throughput, processor time, p99."""
    compared = {}
    for figure in ("requests_per_second", "cpu_us", "p99_ms"):
        of_edge, of_floor = map(itemgetter(figure), rows["decide"]), map(itemgetter(figure), rows["bare WSGI"])
        compared[figure] = round(median_ratio(list(of_edge), list(of_floor)), 3)
    return compared


def report(rows: dict[str, list[Figures]]) -> None:
    """Print the medians: for people, then as JSON."""
    print(interpreter.describe())
    medians = {}
    for name, rounds in rows.items():
        medians[name] = medians_of_rounds(rounds)
        print(f"{name:18}" + in_columns(medians[name]))
    compared = ratios(rows)
    print(
        f"decide reaches {compared['requests_per_second']:.0%} of the bare floor's throughput (aim: at least 45%), at"
        f" {compared['cpu_us']:.1f} times its processor time (at most 2.8) and {compared['p99_ms']:.1f} times its p99"
    )
    for name, aim_ms in AIMS_MS.items():
        if name not in medians:
            continue
        p99_ms = medians[name]["p99_ms"]
        print(f"{name}: p99 {p99_ms:g} ms (aim: at most {aim_ms:g}), {p99_ms / medians['decide']['p99_ms']:.1f} times")
    print(json.dumps({"benchmark": "decide", "python": interpreter.describe(), "ratios": compared} | medians))


if __name__ == "__main__":
    main()
