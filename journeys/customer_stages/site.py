"""The stages of a store's shoppers for its pages: one packed row, written again where it has changed."""

from datetime import datetime

from django.db import connection

from checkout_widgets import shopper_stages
from checkout_widgets.packed_shoppers import key_of
from experiments.batches import batches
from experiments.models import Store
from experiments.sql_files import read_sql
from journeys.shoppers import shoppers_of
from journeys.stage_sql import stage_of

STAGES_NOW = read_sql(__file__, "stages_now").replace("__stage_of__", stage_of("%(now)s"))
BATCH = 5_000  # contacts: whose shoppers are read at once


def tell_pages(store: Store, now: datetime) -> None:
    """Tell the store's edges which shoppers are at which stage, where that has changed."""
    with connection.cursor() as cursor:
        cursor.execute(STAGES_NOW, {"store_id": store.pk, "now": now})
        stages = cursor.fetchall()
    shopper_stages.keep(store.pk, codes_of(store, stages))


def forget_pages(store: Store) -> None:
    """Have the store's edges know nobody's stage."""
    shopper_stages.forget(store.pk)


def codes_of(store: Store, stages: list[tuple[int, str]]) -> dict[int, str]:
    """Return the stages by the keys of shoppers. Of contacts who share a browser, the one who ordered last counts."""
    codes = {}
    for batch in batches(stages, BATCH):
        stage_by_contact = dict(batch)
        place = {contact_id: number for number, (contact_id, _stage) in enumerate(batch)}
        shoppers = shoppers_of(store.pk, stage_by_contact)
        for shopper in sorted(shoppers, key=lambda shopper: place[shopper.contact_id]):
            codes[key_of(shopper.digest(store.pk))] = stage_by_contact[shopper.contact_id]
    return codes
