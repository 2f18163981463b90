"""The database itself refuses what must never be stored."""

import pytest
from django.db import IntegrityError, transaction

from checkout_widgets.models import ConfigurationVersion, Product
from experiments.models import Experiment, Exposure, Snapshot, Store, Variant
from tests import factories


def version() -> int:
    return ConfigurationVersion.objects.get().version


@pytest.mark.django_db
def test_experiment_second_control_is_refused():
    experiment = factories.make_experiment()
    with pytest.raises(IntegrityError, match="one_control_per_experiment"):
        Variant.objects.create(experiment=experiment, key="other", is_control=True)


@pytest.mark.django_db
def test_exposure_same_visitor_twice_is_refused():
    exposure = factories.make_exposure(factories.make_experiment().variants.get(key="control"))
    with pytest.raises(IntegrityError):
        Exposure.objects.create(
            experiment=exposure.experiment,
            variant=exposure.variant,
            store=exposure.store,
            visitor_id=exposure.visitor_id,
            exposed_at=exposure.exposed_at,
        )


@pytest.mark.django_db
def test_exposure_converted_without_order_is_refused():
    variant = factories.make_experiment().variants.get(key="control")
    with pytest.raises(IntegrityError, match="exposure_converted_means_an_order"):
        factories.make_exposure(variant, has_converted=True, orders=0)


@pytest.mark.django_db
@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_experiment_traffic_share_outside_0_to_1_is_refused(share):
    experiment = factories.make_experiment()
    with pytest.raises(IntegrityError, match="traffic_share"):
        Experiment.objects.filter(pk=experiment.pk).update(traffic_share=share)


@pytest.mark.django_db
def test_snapshot_changed_after_storing_is_refused():
    snapshot = Snapshot.objects.create(
        experiment=factories.make_experiment(), taken_at=factories.NOON, report={"metrics": []}
    )
    snapshot.report = {}
    with pytest.raises(ValueError, match="can't be changed"):
        snapshot.save()


@pytest.mark.django_db
def test_secret_key_rotated_keeps_the_old_one_for_the_overlap():
    store = factories.make_store(secret_key="sk_old")
    store.rotate_secret_key()
    stored = Store.objects.get(pk=store.pk)
    assert stored.previous_secret_key == "sk_old"
    assert stored.secret_key not in {"", "sk_old"}
    assert stored.previous_secret_key_expires_at is not None


@pytest.mark.django_db
def test_configuration_version_every_way_of_changing_counts():
    store = factories.make_store()
    product = factories.make_product(store)
    before = version()
    Product.objects.filter(pk=product.pk).update(price_minor=1)
    after_bulk_update = version()
    product.delete()
    assert before < after_bulk_update < version()


@pytest.mark.django_db
def test_configuration_version_change_rolled_back_does_not_count():
    store = factories.make_store()
    before = version()

    def change_and_fail() -> None:
        with transaction.atomic():
            Store.objects.filter(pk=store.pk).update(name="Other")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    assert version() == before
