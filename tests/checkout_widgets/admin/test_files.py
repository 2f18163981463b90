"""Importing and exporting in the admin."""

import gzip

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from checkout_widgets.models import Product
from tests import factories

pytestmark = pytest.mark.django_db
IMPORT, LIST = "/admin/checkout_widgets/product/import/", "/admin/checkout_widgets/product/"


def upload(client, store, content: bytes, kind: str = "products", **more):
    data = {"store": store.pk, "kind": kind, "file": SimpleUploadedFile("file.csv", content)}
    return client.post(IMPORT, data | more)


def test_file_is_imported_and_the_list_says_what_came_of_it(editor_client, store):
    assert editor_client.get(IMPORT).status_code == 200
    answer = upload(editor_client, store, b"sku,title,price\n1,Cup,1.50\n")
    assert answer["location"] == LIST
    assert "1 new, 0 changed" in editor_client.get(LIST).content.decode()
    assert Product.objects.get().price_minor == 150


def test_bad_rows_stand_beside_the_file_and_nothing_is_imported(editor_client, store):
    page = upload(editor_client, store, b"sku,title,price\n1,Cup,much\n").content.decode()
    assert "row 1: price &#x27;much&#x27; is not a number" in page
    assert "skip the rows with errors" in page
    assert not Product.objects.exists()


def test_import_into_a_foreign_store_or_by_a_viewer_is_refused(editor_client, viewer_client, store):
    foreign = factories.make_store()
    assert "Choose one from the list." in upload(editor_client, foreign, b"sku,title,price\n1,Cup,1\n").content.decode()
    assert upload(viewer_client, store, b"sku,title,price\n1,Cup,1\n").status_code == 403
    assert not Product.objects.exists()


def test_export_is_of_one_store_of_the_members_alone(editor_client, store):
    factories.make_product(store, sku="1", title="Own one")
    foreign = factories.make_store(slug="foreign")
    factories.make_product(foreign, sku="2", title="Other one")
    url = reverse("admin:checkout_widgets_product_export")
    assert store.name in editor_client.get(url).content.decode()
    answer = editor_client.get(url, {"store": store.slug})
    assert answer["content-disposition"] == f'attachment; filename="{store.slug}-products.csv"'
    assert "Own one" in answer.content.decode()
    assert "Other one" not in editor_client.get(url, {"store": "foreign"}).content.decode()
    assert editor_client.get(reverse("admin:checkout_widgets_offer_export"), {"store": store.slug}).status_code == 200


def test_command_reads_a_feed(tmp_path, store, capsys):
    factories.make_product(store, sku="1", price_minor=100)
    file = tmp_path / "feed.json"
    file.write_text('[{"sku": "1", "price": "2.00"}]')
    call_command("import_products", str(file), "--store", store.slug, "--kind", "feed")
    assert "1 changed" in capsys.readouterr().out
    assert Product.objects.get().price_minor == 200
    with pytest.raises(CommandError, match="no store 'nowhere'"):
        call_command("import_products", str(file), "--store", "nowhere")


@pytest.mark.slow
def test_upload_that_unpacks_to_too_much_is_refused_beside_the_file(editor_client, store):
    bomb = gzip.compress(b"sku,title,price\n" * 600_000) * 30
    assert len(bomb) < 2_000_000
    page = upload(editor_client, store, bomb).content.decode()
    assert "which is the limit: split it into parts" in page
    assert not Product.objects.exists()


def test_upload_says_its_decimal_sign(editor_client, store):
    content = b'sku,title,price\n1,Cup,"1,50"\n'
    page = upload(editor_client, store, content).content.decode()
    assert "set the decimal sign to a comma" in page
    assert "--decimal" not in page
    assert upload(editor_client, store, content, decimal=",")["location"] == LIST
    assert Product.objects.get().price_minor == 150


def test_feed_with_a_bad_row_updates_the_others_in_the_page(editor_client, store):
    factories.make_product(store, sku="1", price_minor=100)
    kind = "feed"
    assert upload(editor_client, store, b"sku,price\n1,2.00\n9,1\n", kind)["location"] == LIST
    assert Product.objects.get().price_minor == 200
