"""Ids in time order: what they are made of, and that they sort."""

from uuid import UUID

from experiments.time_ordered_ids import new_uuid, new_visitor_id, uuid_of

# RFC 9562, appendix A.6: February 22, 2022, 14:22:22.00 EST
EXAMPLE_MS = 0x017F22E279B0
EXAMPLE_RANDOM = 0xCC3 << 62 | 0x18C4DC0C0C07398F


def test_uuid_of_the_standards_example_is_the_standards_uuid():
    assert uuid_of(EXAMPLE_MS, EXAMPLE_RANDOM) == UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")


def test_new_uuid_of_a_later_millisecond_sorts_later():
    made = [new_uuid(at_ms) for at_ms in range(EXAMPLE_MS, EXAMPLE_MS + 1000)]
    assert made == sorted(made)
    assert [str(uuid) for uuid in made] == sorted(map(str, made))


def test_new_uuid_at_one_instant_differs():
    made = {new_uuid(EXAMPLE_MS) for _ in range(1000)}
    assert len(made) == 1000
    assert {(uuid.version, uuid.variant) for uuid in made} == {(7, "specified in RFC 4122")}


def test_new_visitor_id_sorts_by_time_and_fits_its_column():
    first, second = new_visitor_id(EXAMPLE_MS), new_visitor_id(EXAMPLE_MS + 1)
    assert first < second
    assert len(first) == 34
