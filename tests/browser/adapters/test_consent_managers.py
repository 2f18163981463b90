"""Consent managers are only read, and no manager's "yes" outweighs the shopper's Global Privacy Control."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.quiet import let_expose
from tests.browser.stub import Edge, Shop

pytestmark = pytest.mark.browser

GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"
HEARD = """window.heard = [];
    document.addEventListener('upsell:consent', ({detail}) => heard.push(detail.isGiven))"""


def open_page(page: Page, shop: Shop, adapter: str, script: str = "", settings: str = "") -> None:
    """A page whose consent manager is what ``script`` makes, before all other scripts."""
    tag = f'<script async src="{shop.edge.url}/s/{adapter}.js" {settings}></script>'
    head = f"<script>{script};{HEARD}</script>" + shop.script('data-consent="required"') + tag
    page.goto(shop.put(head=head, call="upsell('page')"))


def assert_offered(page: Page) -> None:
    expect(page.get_by_role("button", name="Add for")).to_be_visible()


def assert_silent(page: Page, edge: Edge) -> None:
    """Whatever the manager says, within a second nothing was asked or stored."""
    page.wait_for_function("window.upsell?.isLoaded")
    let_expose(page)
    assert edge.requests == []
    assert page.evaluate("[Object.keys(localStorage).length, document.cookie]") == [0, ""]


GTAG = "window.dataLayer = []; function gtag() { dataLayer.push(arguments) }"


def google(**state: Any) -> str:
    """The state as Google's tag keeps it."""
    return f"window.google_tag_data = {{ics: {{entries: {{analytics_storage: {{{entries(state)}}}}}}}}}"


def entries(state: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {str(value).lower()}" for name, value in state.items())


GOOGLE_YES = {
    "default in dataLayer": GTAG + ";gtag('consent', 'default', {analytics_storage: 'granted'})",
    "update in dataLayer": GTAG
    + ";gtag('consent', 'default', {analytics_storage: 'denied'})"
    + ";dataLayer.push({event: 'x'}, null, 7);gtag('consent', 'update', {analytics_storage: 'granted'})",
    "another type later": GTAG
    + ";gtag('consent', 'update', {analytics_storage: 'granted'});gtag('consent', 'update', {ad_storage: 'denied'})",
    "default in the tag": google(default=True),
    "update in the tag": google(default=False, update=True),
    "the tag knows the region": GTAG
    + ";gtag('consent', 'default', {analytics_storage: 'denied', region: ['DE']});"
    + google(default=True),
}
GOOGLE_NO = {
    "nothing": "",
    "strange": "window.dataLayer = 'none'; window.google_tag_data = {ics: null}",
    "denied": GTAG + ";gtag('consent', 'default', {analytics_storage: 'denied', ad_storage: 'granted'})",
    "denied in the tag": GTAG + ";gtag('consent', 'update', {analytics_storage: 'granted'});" + google(update=False),
    "region only": GTAG + ";gtag('consent', 'default', {analytics_storage: 'granted', region: ['US']})",
}


@pytest.mark.parametrize("state", GOOGLE_YES.values(), ids=GOOGLE_YES.keys())
def test_google_consent_that_is_granted_starts_the_snippet(page, edge, shop, state):
    open_page(page, shop, "consent_google", state)
    assert_offered(page)


@pytest.mark.parametrize("state", GOOGLE_NO.values(), ids=GOOGLE_NO.keys())
def test_google_consent_that_is_not_granted_keeps_it_silent(page, edge, shop, state):
    open_page(page, shop, "consent_google", state)
    assert_silent(page, edge)


def test_google_consent_is_followed_as_it_changes(page, edge, shop):
    open_page(page, shop, "consent_google", GTAG + ";gtag('consent', 'default', {analytics_storage: 'denied'})")
    assert_silent(page, edge)
    page.evaluate("gtag('consent', 'update', {analytics_storage: 'granted'})")
    assert_offered(page)
    page.evaluate("gtag('consent', 'update', {analytics_storage: 'denied'})")
    page.wait_for_function("heard.length == 2")
    assert page.evaluate("[heard, document.cookie]") == [[True, False], ""]
    expect(page.locator("[data-upsell-widget]")).to_have_count(0)


def test_google_data_layer_is_neither_wrapped_nor_written(page, edge, shop):
    open_page(page, shop, "consent_google", GTAG + ";gtag('consent', 'default', {analytics_storage: 'granted'})")
    assert_offered(page)
    assert page.evaluate("[dataLayer.length, dataLayer.push === Array.prototype.push]") == [1, True]


def shopify(analytics: str) -> str:
    """Shopify's API, loaded by the theme."""
    return f"window.Shopify = {{customerPrivacy: {{analyticsProcessingAllowed: () => {analytics}}}}}"


LATE = """window.Shopify = {loadFeatures(features, done) { window.asked = features; setTimeout(() => {
    Shopify.customerPrivacy = {analyticsProcessingAllowed: () => %s}; done(%s) }, 50) }}"""


@pytest.mark.parametrize("state", [shopify("true"), LATE % ("true", "")], ids=["loaded", "to be loaded"])
def test_shopify_visitor_who_allows_analytics_starts_the_snippet(page, edge, shop, state):
    open_page(page, shop, "consent_shopify", state)
    assert_offered(page)


def test_shopify_api_is_loaded_as_documented(page, edge, shop):
    open_page(page, shop, "consent_shopify", LATE % ("true", ""))
    assert_offered(page)
    assert page.evaluate("asked") == [{"name": "consent-tracking-api", "version": "0.1"}]


SHOPIFY_NO = ["", shopify("false"), LATE % ("false", ""), LATE % ("true", "new Error('blocked')"), "window.Shopify = 7"]


@pytest.mark.parametrize("state", SHOPIFY_NO, ids=["no shopify", "denied", "denied late", "not loaded", "strange"])
def test_shopify_visitor_who_has_not_allowed_analytics_keeps_it_silent(page, edge, shop, state):
    open_page(page, shop, "consent_shopify", state)
    assert_silent(page, edge)


def test_shopify_banner_is_followed(page, edge, shop):
    collected = """allowed => document.dispatchEvent(new CustomEvent('visitorConsentCollected', {detail: {
        analyticsAllowed: allowed, marketingAllowed: !allowed, preferencesAllowed: true, saleOfDataAllowed: true}}))"""
    open_page(page, shop, "consent_shopify", shopify("false"))
    assert_silent(page, edge)
    page.evaluate(collected, True)
    assert_offered(page)
    page.evaluate(collected, False)
    page.wait_for_function("heard.length == 2")
    assert page.evaluate("heard") == [True, False]


TCF = """window.listeners = [];
    window.__tcfapi = (command, version, callback) => {
      if (command == 'addEventListener' && version == 2) listeners.push(callback) }"""
SAY = """([status, purposes, extra]) => {
    const consents = Object.fromEntries(purposes.map(id => [id, true]))
    const state = {eventStatus: status, gdprApplies: true, tcString: '', purpose: {consents}, ...extra}
    listeners.forEach(say => say(state, true)) }"""


def say(page: Page, status: str, purposes: list[int], **extra: Any) -> None:
    """What the consent manager calls back with."""
    page.wait_for_function("listeners.length == 1")
    page.evaluate(SAY, [status, purposes, extra])


def test_tcf_consent_to_both_purposes_starts_the_snippet(page, edge, shop):
    open_page(page, shop, "consent_tcf", TCF)
    say(page, "cmpuishown", [1, 8])
    assert_silent(page, edge)
    say(page, "useractioncomplete", [1, 2, 8])
    assert_offered(page)
    say(page, "useractioncomplete", [])
    page.wait_for_function("heard.length == 2")
    assert page.evaluate("heard") == [True, False]


def test_tcf_answer_of_an_earlier_visit_starts_the_snippet(page, edge, shop):
    open_page(page, shop, "consent_tcf", TCF)
    say(page, "tcloaded", [1, 8])
    assert_offered(page)


@pytest.mark.parametrize("purposes", [[], [1], [8], [2, 3, 4]])
def test_tcf_consent_to_less_keeps_it_silent(page, edge, shop, purposes):
    open_page(page, shop, "consent_tcf", TCF)
    say(page, "tcloaded", purposes)
    assert_silent(page, edge)


def test_tcf_purposes_are_the_stores_choice(page, edge, shop):
    open_page(page, shop, "consent_tcf", TCF, settings='data-purposes="1 9"')
    say(page, "tcloaded", [1, 9])
    assert_offered(page)


def test_tcf_outside_the_gdpr_starts_the_snippet(page, edge, shop):
    open_page(page, shop, "consent_tcf", TCF)
    say(page, "tcloaded", [], gdprApplies=False)
    assert_offered(page)


def test_tcf_manager_that_comes_late_is_waited_for(page, edge, shop):
    open_page(page, shop, "consent_tcf")
    assert_silent(page, edge)
    page.evaluate(TCF)
    say(page, "tcloaded", [1, 8])
    assert_offered(page)


def wordpress(allowed: str) -> str:
    """WordPress's consent API, for a shopper who has allowed this category."""
    return f"window.allowed = '{allowed}'; window.wp_has_consent = (category) => category === allowed"


CHANGE = """(allowed) => { window.allowed = allowed;
    document.dispatchEvent(new CustomEvent('wp_listen_for_consent_change', {detail: {}})) }"""


def test_wordpress_consent_starts_the_snippet_and_stops_it_again(page, edge, shop):
    open_page(page, shop, "consent_wordpress", wordpress("functional"))
    assert_silent(page, edge)
    page.evaluate(CHANGE, "statistics")
    assert_offered(page)
    page.evaluate(CHANGE, "functional")
    page.wait_for_function("heard.at(-1) === false")
    assert page.evaluate("document.cookie") == ""


def test_wordpress_category_is_the_shops_choice(page, edge, shop):
    open_page(page, shop, "consent_wordpress", wordpress("marketing"), settings='data-category="marketing"')
    assert_offered(page)


def test_wordpress_manager_that_does_not_know_the_region_yet_is_waited_for(page, edge, shop):
    open_page(page, shop, "consent_wordpress", wordpress("statistics") + ";window.waitfor_consent_hook = true")
    assert_silent(page, edge)
    page.evaluate(
        "window.wp_consent_type = 'optin'; document.dispatchEvent(new CustomEvent('wp_consent_type_defined'))"
    )
    assert_offered(page)


@pytest.mark.parametrize(
    ("adapter", "state"),
    [
        ("consent_wordpress", wordpress("statistics")),
        ("consent_google", google(update=True)),
        ("consent_shopify", shopify("true")),
        ("consent_tcf", "window.__tcfapi = (command, version, done) => done({eventStatus: 'tcloaded',"
         " gdprApplies: false}, true)"),
    ],
)  # fmt: skip
def test_global_privacy_control_outweighs_every_manager(page, edge, shop, adapter, state):
    page.add_init_script(GPC)
    open_page(page, shop, adapter, state)
    assert_silent(page, edge)
