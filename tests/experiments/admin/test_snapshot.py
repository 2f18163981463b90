"""Stored results in the admin."""

import pytest

from experiments.models import Snapshot
from experiments.snapshots import take_snapshot
from tests import factories


@pytest.mark.parametrize(("is_look", "words"), [(True, "as it was at this look"), (False, "as it is now")])
def test_stored_result_leads_to_its_report(viewer_client, store, is_look, words):
    snapshot = take_snapshot(factories.make_live_experiment(store, key="gift"))
    Snapshot.objects.filter(pk=snapshot.pk).update(is_look=is_look)
    page = viewer_client.get(f"/admin/experiments/snapshot/{snapshot.pk}/change/").content.decode()
    address = f"/tests/tea/gift/{f'?look={snapshot.pk}' if is_look else ''}"
    assert f'href="{address}">Open the report {words}</a>' in page
    assert "&quot;verdict&quot;" not in page
