"""Of an address's query, the edge hears the campaign and nothing else, for as long as the tab lives."""

import pytest

pytestmark = pytest.mark.browser

CAMPAIGN = "utm_source=news%20letter&utm_medium=email"


@pytest.fixture
def asked_query(edge, wait_until):
    """Waits for this many questions to the edge; the last one's query."""

    def asked(times: int = 1) -> str:
        wait_until(lambda: len(edge.bodies("/v1/decide")) == times)
        query: str = edge.bodies("/v1/decide")[-1]["page"]["query"]
        return query

    return asked


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("", ""),
        ("?email=ann@example.com&token=1", ""),
        (f"?{CAMPAIGN}", f"?{CAMPAIGN}"),
        ("?email=ann@example.com&utm_source=a&name=utm_b&UTM_Campaign=c#utm_term=d", "&utm_source=a&UTM_Campaign=c"),
        ("?back=/cart?utm_source=a&xutm_source=b", ""),
    ],
)
def test_only_the_campaign_is_sent(page, shop, asked_query, query, sent):
    page.goto(shop.put() + query)
    assert asked_query() == sent


def test_query_is_cut_to_what_the_edge_takes(page, shop, asked_query):
    page.goto(shop.put() + "?utm_source=" + "a" * 3000)
    assert len(asked_query()) == 2000


def test_campaign_of_the_landing_page_is_sent_from_the_checkout(page, edge, shop, asked_query):
    landing = shop.put("/", body="", call="")
    cart = shop.put()
    page.goto(f"{landing}?{CAMPAIGN}")
    page.wait_for_function("window.upsell.isLoaded")
    assert edge.requests == []
    page.goto(cart)
    assert asked_query() == f"?{CAMPAIGN}"
    page.goto(cart + "?utm_source=later")
    assert asked_query(2) == "?utm_source=later"


@pytest.mark.parametrize(("answer", "sent"), [("true", f"?{CAMPAIGN}"), ("undefined", "")])
def test_campaign_is_kept_only_with_consent(page, shop, asked_query, answer, sent):
    head = shop.script('data-consent="required"')
    landing = shop.put("/", head=head, body="", call=f"if ({answer}) upsell('consent', true)")
    cart = shop.put(head=head, call="upsell('consent', true);upsell('page')")
    page.goto(f"{landing}?{CAMPAIGN}")
    page.wait_for_function("window.upsell.isLoaded")
    page.goto(cart)
    assert asked_query() == sent
