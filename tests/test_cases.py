"""A quick run tries two cases of a test with a database, spread evenly, and every case of any other."""

from types import SimpleNamespace

from tests import cases


def items(name, number, *, fixtures=()):
    made = []
    for case in range(number):
        nodeid = f"tests/test_a.py::{name}[{case}]"
        made.append(SimpleNamespace(nodeid=nodeid, fixturenames=fixtures, get_closest_marker=lambda _: None))
    return made


def test_left_out_of_quick_runs_are_cases_beside_two_that_stay():
    many, few = items("test_many", 10, fixtures=("db",)), items("test_few", 2, fixtures=("db",))
    pure = items("test_pure", 10)
    left_out = cases.left_out_of_quick_runs([*many, *few, *pure])
    assert [item.nodeid[-2] for item in many if item not in left_out] == ["0", "5"]
    assert [item for item in left_out if item not in many] == []
