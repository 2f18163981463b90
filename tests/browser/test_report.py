"""The report in Chromium: drawn, readable by everybody, alive while the test runs, and doing what its buttons say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from dashboard.report import sharing
from experiments import audit
from experiments.models import AuditAction, Experiment, Exposure, Role, Status
from experiments.snapshots import take_snapshot
from tests import factories
from tests.browser.console import collect_errors, problems_found_by_axe
from tests.browser.screens import SCREENS
from tests.dashboard.report.finished import expose, finished_test, url_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLOTS = ("#series", "#belief")


@pytest.fixture(autouse=True)
def nothing_cached() -> Iterator[None]:
    """A database that starts over gives the same numbers to other tests."""
    cache.clear()
    yield
    cache.clear()


def of_many_variants(treatments: int) -> Experiment:
    experiment = factories.make_experiment(factories.make_store(currency="EUR", name="Tea shop"), treatments=treatments)
    for number, variant in enumerate(experiment.variants.all()):
        expose(experiment, variant.key, buyers=60, order_minor=5000 + 1000 * number)
    return experiment


def open_everything(page: Page) -> None:
    """Unfold whatever can be unfolded."""
    page.evaluate("document.querySelectorAll('#findings details').forEach((details) => { details.open = true })")


@SCREENS
def test_report_is_drawn_and_accessible(live_server, page, log_in, scheme, width):
    experiment = of_many_variants(5)
    audit.record(store=experiment.store, experiment=experiment, action=AuditAction.STARTED, actor="ada", reason="Go")
    log_in(factories.make_user(experiment.store, is_staff=True))
    errors = collect_errors(page)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live_server.url + url_of(experiment))
    open_everything(page)  # a phone begins with its parts folded, and the plots are in one of them
    for plot in PLOTS:
        expect(page.locator(f"{plot} .main-svg").first).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == scheme
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert problems_found_by_axe(page) == []
    assert errors == []


@pytest.mark.parametrize("state", ["draft", "empty", "thin", "dialog", "refused", "shared", "gone", "look"])
def test_report_is_accessible_in_every_state(live_server, page, log_in, state):
    experiment = factories.make_experiment() if state in {"draft", "empty", "thin"} else finished_test()
    address = url_of(experiment)
    if state == "draft":
        Experiment.objects.update(status=Status.DRAFT)
    elif state == "thin":
        for variant in experiment.variants.all():
            factories.make_exposure(variant)
    elif state == "shared":
        address = f"/shared/{sharing.share(experiment=experiment, actor='ada', days=7).token}/"
    elif state == "gone":
        address = "/shared/nothing/"
    elif state == "look":
        address += f"?look={take_snapshot(experiment, is_look=True).pk}"
    log_in(factories.make_user(experiment.store, is_staff=True))
    page.goto(live_server.url + address)
    if state == "dialog":
        page.get_by_role("link", name="Pause").click()
    elif state == "refused":  # to pause asks for nothing, but to conclude does
        page.get_by_role("link", name="Conclude").click()
        page.get_by_role("button", name="Conclude test").click()
        expect(page.locator("#conclude-learning_error")).to_have_text("Write what you learned: one sentence is enough.")
    assert problems_found_by_axe(page) == []


def test_theme_chosen_is_remembered_and_the_plots_follow(live_server, page, log_in):
    experiment = finished_test()
    log_in(factories.make_user(experiment.store))
    page.emulate_media(color_scheme="light")
    page.goto(live_server.url + url_of(experiment))
    label = page.locator("#series .ytick text").first
    light = label.evaluate("element => getComputedStyle(element).fill")
    page.locator("summary", has_text="Your account").click()
    page.get_by_text("Dark", exact=True).click()
    expect(label).not_to_have_css("fill", light)
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_report_follows_a_running_test_without_a_jump(live_server, page, log_in):
    experiment = finished_test()
    log_in(factories.make_user(experiment.store))
    page.goto(live_server.url + url_of(experiment))
    expect(page.locator("#series .main-svg").first).to_be_visible()
    page.locator("#more-rpv summary").click()
    page.evaluate("window.plot = document.querySelector('#series .main-svg'); window.scrollTo(0, 700)")
    Exposure.objects.filter(visitor_id="v_treatment_199").update(orders=1, has_converted=True, revenue_minor=900)
    refresh(page)
    expect(page.get_by_text("71 / 200").first).to_be_attached()
    assert page.evaluate("document.querySelector('#series .main-svg') === window.plot")
    assert page.evaluate("window.scrollY") == 700
    expect(page.locator("#more-rpv")).to_have_attribute("open", "")
    Experiment.objects.update(status=Status.STOPPED)
    refresh(page)
    expect(page.get_by_text("Stopped")).to_be_visible()
    expect(page.locator("[hx-get]")).to_have_count(0)


def refresh(page: Page) -> None:
    """Ask for news now instead of in ten seconds."""
    page.evaluate(
        """() => {
            const findings = document.getElementById("findings");
            return htmx.ajax("GET", findings.getAttribute("hx-get"), { source: findings, swap: "outerHTML" });
        }"""
    )


def test_stored_report_is_brought_up_to_date_at_once(live_server, page, log_in):
    experiment = finished_test(status=Status.STOPPED)
    take_snapshot(experiment)
    Exposure.objects.filter(visitor_id="v_treatment_199").update(orders=1, has_converted=True, revenue_minor=900)
    log_in(factories.make_user(experiment.store))
    page.goto(live_server.url + url_of(experiment))
    expect(page.get_by_text("71 / 200").first).to_be_attached()
    expect(page.locator("#findings[hx-trigger]")).to_have_count(0)


def test_another_treatment_has_an_address_and_a_way_back(live_server, page, log_in):
    experiment = of_many_variants(2)
    log_in(factories.make_user(experiment.store))
    page.goto(live_server.url + url_of(experiment))
    chosen = page.locator(".verdict .choice [aria-current]")
    expect(chosen).to_have_text("Treatment 2")  # the best one
    page.evaluate("window.stays = true")
    page.get_by_role("link", name="Treatment", exact=True).click()
    expect(chosen).to_have_text("Treatment")
    assert page.url.endswith("?variant=treatment")
    assert page.evaluate("window.stays")
    expect(chosen).to_be_focused()
    expect(page.locator("#series .main-svg").first).to_be_visible()
    page.go_back()
    expect(chosen).to_have_text("Treatment 2")
    expect(page.locator("#series .main-svg").first).to_be_visible()
    page.go_forward()
    expect(chosen).to_have_text("Treatment")


def test_pause_and_resume_by_keyboard(live_server, page, log_in):
    experiment = finished_test()
    log_in(factories.make_user(experiment.store))
    page.goto(live_server.url + url_of(experiment))
    page.get_by_role("link", name="Pause").press("Enter")
    reason = page.locator("#pause-reason")
    expect(reason).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Pause").press("Enter")
    reason.fill("Stock is out.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("is now paused")
    expect(page.get_by_text("Stock is out.")).to_be_visible()
    expect(page.get_by_role("link", name="Resume")).to_be_visible()


def test_news_waits_while_a_reason_is_written(live_server, page, log_in):
    experiment = finished_test()
    log_in(factories.make_user(experiment.store))
    page.goto(live_server.url + url_of(experiment))
    page.get_by_role("link", name="Pause").click()
    page.locator("#pause-reason").fill("Half a sen")
    Experiment.objects.update(status=Status.STOPPED)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    refresh(page)
    expect(page.locator("#pause-reason")).to_have_value("Half a sen")
    assert asked == []


def test_share_link_is_made_read_by_a_stranger_and_revoked(live_server, browser, page, log_in):
    experiment = finished_test()
    log_in(factories.make_user(experiment.store))
    page.goto(live_server.url + url_of(experiment))
    page.get_by_role("link", name="Share").click()
    page.get_by_role("button", name="Create link").click()
    address = page.get_by_label("Link created by").input_value()
    stranger = browser.new_context()
    theirs = stranger.new_page()
    errors = collect_errors(theirs)
    theirs.goto(address)
    expect(theirs.get_by_role("heading", name=experiment.name)).to_be_visible()
    expect(theirs.locator("#series .main-svg").first).to_be_visible()
    assert (errors, stranger.cookies()) == ([], [])
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_label("Link created by")).to_have_count(0)
    theirs.reload()
    expect(theirs.get_by_role("heading", name="This link doesn't work")).to_be_visible()
    stranger.close()


def test_plot_is_saved_as_a_picture(live_server, page, log_in, tmp_path: Path):
    experiment = finished_test()
    log_in(factories.make_user(experiment.store))
    page.goto(live_server.url + url_of(experiment))
    with page.expect_download() as download:
        page.locator("[data-save=series]").click()
    assert download.value.suggested_filename == f"{experiment.key}-series.png"
    download.value.save_as(tmp_path / "plot.png")
    picture = (tmp_path / "plot.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20]) > 800  # its width


def test_report_prints_without_controls_and_in_light(live_server, page, log_in):
    experiment = finished_test()
    log_in(factories.make_user(experiment.store, is_staff=True))
    page.emulate_media(color_scheme="dark")
    page.goto(live_server.url + url_of(experiment))
    expect(page.locator("#series .main-svg").first).to_be_visible()
    pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert 2 <= pdf.count(b"/Type /Page\n") <= 4
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for hidden in (".top", ".actions", ".choice", ".plot-save"):
        for element in page.locator(hidden).all():
            expect(element).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("#series .main-svg").first.get_attribute("width") == "540"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_viewer_has_nothing_to_press(live_server, page, log_in):
    experiment = finished_test()
    log_in(factories.make_user(experiment.store, role=Role.VIEWER))
    page.goto(live_server.url + url_of(experiment))
    expect(page.locator(".actions .btn")).to_have_text(["Export"])


def test_report_without_javascript_has_every_number_and_dialog(live_server, browser, log_in, context):
    experiment = finished_test()
    log_in(factories.make_user(experiment.store))
    plain = browser.new_context(java_script_enabled=False, storage_state=context.storage_state())
    page = plain.new_page()
    page.goto(live_server.url + url_of(experiment))
    expect(page.locator("#series")).to_be_hidden()
    page.locator("#series-table summary").click()
    expect(page.locator("#series-table tbody tr")).not_to_have_count(0)
    page.locator("#more-rpv summary").click()
    expect(page.get_by_text("How this number was made").first).to_be_visible()
    expect(page.get_by_text("€3,500 / 200").first).to_be_visible()
    page.get_by_role("link", name="Pause").click()
    page.locator("#pause-reason").fill("No script, no problem.")
    page.get_by_role("button", name="Pause test").click()
    expect(page.get_by_text("No script, no problem.")).to_be_visible()
    plain.close()
