"""Feeds in XML become rows; what could reach other files or multiply itself is refused."""

import io

import pytest

from experiments.tables import UPLOAD, XML, BadFile, open_table

HEAD = '<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">'


def rows(content: str | bytes):
    raw = content.encode() if isinstance(content, str) else content
    return list(open_table(io.BytesIO(raw), takes=(XML,), limits=UPLOAD).rows)


def feed(*items: str) -> str:
    return f"{HEAD}{''.join(f'<item>{item}</item>' for item in items)}</channel></rss>"


def test_items_become_rows_and_googles_elements_go_first():
    (row,) = rows(
        feed(
            "<title>Plain</title><g:title>Cup &amp; saucer</g:title><g:id>1</g:id><g:price>9.90 EUR</g:price>"
            "<g:shipping><g:price>4 EUR</g:price></g:shipping><g:product_type>A</g:product_type>"
            "<g:product_type>B</g:product_type><description><![CDATA[<b>x</b>]]></description>"
        )
    )
    assert dict(row.values) == {
        "id": "1",
        "title": "Cup & saucer",
        "price": "9.90 EUR",
        "product_type": "A",
        "description": "<b>x</b>",
    }


def test_atom_and_other_encodings_are_read():
    content = f'{ATOM}<entry><g:id>é</g:id><link href="https://shop.example/1"/></entry></feed>'
    raw = ('<?xml version="1.0" encoding="iso-8859-1"?>' + content).encode("latin-1")
    (row,) = rows(raw)
    assert dict(row.values) == {"id": "é", "link": "https://shop.example/1"}
    (row,) = rows(('<?xml version="1.0" encoding="utf-16"?>' + content).encode("utf-16"))
    assert row["id"] == "é"


def test_two_prices_of_one_item_are_a_bad_row():
    first, second = rows(feed("<g:id>1</g:id><g:price>1</g:price><g:price>2</g:price>", "<g:id>2</g:id>"))
    assert str(first.fault) == "price appears twice, as '1' and '2': remove one of the two"
    assert second["id"] == "2"


LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + feed("<g:id>&b;</g:id>")
FILE = '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + feed("<g:id>&a;</g:id>")
OUTSIDE = '<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd">' + feed("<g:id>1</g:id>")


@pytest.mark.parametrize("content", [LAUGHS, FILE, OUTSIDE], ids=["laughs", "file", "outside"])
def test_document_types_and_entities_are_refused(content):
    with pytest.raises(BadFile, match="declares a document type or entities"):
        rows(content)


@pytest.mark.parametrize(
    "content",
    [
        HEAD + "<item><g:id>1</g:id>",
        "<a>" * 1_000,
        feed("<a>" * 60 + "</a>" * 60),
        feed("<a/>" * 3_000),
        '<?xml version="1.0" encoding="nonsense"?>' + feed("<g:id>1</g:id>"),
        "<html><br></html>",
    ],
    ids=["cut off", "deep", "deep item", "many parts", "unknown encoding", "HTML"],
)
def test_what_is_no_sound_xml_is_refused(content):
    with pytest.raises(BadFile):
        rows(content)


def test_elements_outside_items_are_let_go_of():
    assert rows(HEAD + "<x>1</x>" * 20_000 + "<item><g:id>1</g:id></item></channel></rss>")[0]["id"] == "1"
