"""``manage.py import_online_retail``."""

import re
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


def figures() -> tuple[object, ...]:
    return (
        Order.objects.aggregate(Sum("total_minor")),
        OrderLine.objects.count(),
        Refund.objects.aggregate(Sum("amount_minor")),
        Counter(Product.objects.values_list("category", flat=True)),
    )


@pytest.mark.slow
def test_import_of_the_sample_accounts_for_every_row_and_changes_nothing_when_repeated(store, capsys):
    call_command("import_online_retail")
    first, printed = figures(), capsys.readouterr().out
    assert Product.objects.filter(store=store).count() == 2158
    assert Order.objects.filter(store=store, source="history").count() == 1040
    assert re.search(r"All *│ *20,164 │ *164 ", printed)  # kept and dropped, of 20,328 rows
    assert "cancellations of nothing that the file contains" in printed
    jars = Order.objects.get(external_id="541431")  # 74,215 of them, cancelled at once: no sale
    assert (jars.status, jars.subtotal_minor) == ("cancelled", 7_718_360)
    assert Order.objects.filter(status="paid", subtotal_minor__gt=2_000_000).count() == 0
    call_command("import_online_retail", quiet=True)
    assert figures() == first
    assert capsys.readouterr().out == ""


def test_import_into_no_store_says_so():
    with pytest.raises(CommandError, match="no store 'nowhere'"):
        call_command("import_online_retail", store="nowhere")


def test_import_of_another_file_says_why_and_changes_nothing(store, tmp_path):
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match="is missing the columns"):
        call_command("import_online_retail", str(file))
    assert not Product.objects.exists()
