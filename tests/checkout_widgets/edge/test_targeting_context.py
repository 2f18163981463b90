"""The bounds of what is read of a page's address."""

from checkout_widgets.edge.targeting_context import campaign


def test_campaign_is_read_from_100_fields_and_from_no_more():
    assert campaign("x=1&" * 99 + "utm_source=news") == {"utm_source": "news"}
    assert campaign("x=1&" * 100 + "utm_source=news") == {}
