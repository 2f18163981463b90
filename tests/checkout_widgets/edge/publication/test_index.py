"""The index reads back as it was written, and one of another release isn't guessed at."""

from datetime import UTC, datetime

import msgspec
import pytest

from checkout_widgets.edge.publication import sealing
from checkout_widgets.edge.publication.index import BadIndex, Index, PublishedStore, seal_index, unseal_index

INDEX = Index(9, 4, datetime(2026, 11, 29, 12, tzinfo=UTC), (PublishedStore(1, 4, "a" * 64, "b" * 64),))


def test_index_reads_back_as_it_was_written():
    assert unseal_index(seal_index(INDEX)) == (INDEX, True)
    assert INDEX.stores[0].file_name == "stores/1-" + "a" * 32


def test_index_of_a_hundred_thousand_stores_is_within_the_bound():
    stores = tuple(PublishedStore(10**9 + number, 10**9, "a" * 64, "b" * 64) for number in range(1_000))
    assert 100 * len(seal_index(msgspec.structs.replace(INDEX, stores=stores))) < 32_000_000


@pytest.mark.parametrize(
    "content", [b"{}", b"\xff", b"[]", msgspec.json.encode(msgspec.structs.replace(INDEX, format=2))]
)
def test_index_of_another_release_is_refused(content):
    with pytest.raises(BadIndex):
        unseal_index(sealing.seal(content, "index"))
