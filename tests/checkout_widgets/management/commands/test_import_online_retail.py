"""``manage.py import_online_retail``."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from checkout_widgets.models import Product
from experiments.models import Order, OrderLine, Refund
from tests.factories import make_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def store():
    return make_store(slug="demo", currency="GBP")


def test_import_of_the_sample_accounts_for_every_row(store, capsys):
    call_command("import_online_retail")
    printed = capsys.readouterr().out
    assert Product.objects.filter(store=store).count() == 2158
    assert Order.objects.filter(store=store, source="history").count() == 1040
    assert "20,164" in printed  # kept, and
    assert "164" in printed  # dropped: 20,328 rows in the file
    assert "cancellations of nothing that the file contains" in printed


def test_import_counts_the_jars_that_were_cancelled_at_once_as_no_sale(store):
    call_command("import_online_retail", quiet=True)
    jars = Order.objects.get(external_id="541431")
    assert (jars.status, jars.subtotal_minor) == ("cancelled", 7_718_360)
    paid = Order.objects.filter(status="paid")
    largest = paid.order_by("-subtotal_minor").values_list("subtotal_minor", flat=True)[0]
    assert largest < 2_000_000


def test_import_twice_changes_nothing(store):
    def figures() -> tuple[object, ...]:
        return (
            Order.objects.aggregate(Sum("total_minor")),
            OrderLine.objects.count(),
            Refund.objects.aggregate(Sum("amount_minor")),
            Counter(Product.objects.values_list("category", flat=True)),
        )

    call_command("import_online_retail", quiet=True)
    first = figures()
    call_command("import_online_retail", quiet=True)
    assert figures() == first


def test_import_into_no_store_says_so():
    with pytest.raises(CommandError, match="no store 'nowhere'"):
        call_command("import_online_retail", store="nowhere")


def test_import_of_another_file_says_why_and_changes_nothing(store, tmp_path):
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match="lacks the columns"):
        call_command("import_online_retail", str(file))
    assert not Product.objects.exists()
