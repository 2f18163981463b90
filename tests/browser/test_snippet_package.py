"""A shop's page that loads the snippet by the npm package, against the fake edges that integrators test with."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stub import Reply, Shop
from tests.fake_edges import SECRET_KEY, SOURCE, Fake, running_fake

PAGE = """<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,"></head><body>
<div data-upsell-slot="cart" style="min-height:200px"></div>
<script type="module">
  import { loadOfferlift } from '/package/index.js'
  const upsell = loadOfferlift({ edge: 'EDGE/', key: 'pk_test' })
  upsell('page', { cart: { currency: 'EUR', total_minor: 6670, items: [] } })
  upsell('accept', async (acceptance) => { document.title = acceptance.acceptance_token.split('.').length })
  loadOfferlift({ edge: 'EDGE', key: 'pk_test' })
</script></body></html>"""

pytestmark = pytest.mark.browser


@pytest.fixture(params=["python", "node"])
def fake(request: pytest.FixtureRequest) -> Iterator[Fake]:
    with running_fake(request.param, {"secret_key": SECRET_KEY}) as fake:
        yield fake


def test_page_that_loads_the_snippet_by_the_package_shows_and_reports(fake: Fake, shop: Shop, page: Page):
    shop.pages["/package/index.js"] = Reply((SOURCE / "index.js").read_text(), "text/javascript")
    shop.pages["/cart"] = Reply(PAGE.replace("EDGE", fake.url), "text/html; charset=utf-8")
    page.goto(shop.url + "/cart")
    page.get_by_role("button", name="Add for €9.90").click()
    expect(page).to_have_title("3")
    assert page.locator("script[data-key]").count() == 1
    page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.includes('event:'))")
    types = [event["type"] for event in fake.told()["events"]]
    assert types[0] == "exposure"
    assert "accept" in types
