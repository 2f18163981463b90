"""A draft's page that saves itself, in Chromium, where answers come late: nothing that was typed or chosen is lost."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from experiments.models import Experiment, Status
from tests import factories
from tests.browser.console import problems_found_by_axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(page: Page, live_server: LiveServer, log_in: Callable[[User], None]) -> Experiment:
    """A draft whose page is open."""
    store = factories.make_store(slug="tea", name="Tea shop", currency="EUR")
    draft = factories.make_experiment(store, key="draft", name="A draft", status=Status.DRAFT, started_at=None)
    log_in(factories.make_user(store, username="ada"))
    page.goto(f"{live_server.url}/tests/tea/draft/launch/")
    return draft


class Slow:
    """Requests that save a section: each reaches the server at once, and its answer comes once it is let through."""

    def __init__(self, page: Page, section: str) -> None:
        self.waiting: list[Callable[[], None]] = []
        page.route(f"**/sections/{section}/", self.hold)

    def hold(self, route: Route) -> None:
        answer = route.fetch()
        self.waiting.append(lambda: route.fulfill(response=answer))

    def let_through(self) -> None:
        """Answer what waits; what is sent from now on waits again."""
        waiting, self.waiting = self.waiting, []
        for answer in waiting:
            answer()


def test_what_is_chosen_is_saved_at_once_and_the_page_says_so(
    page: Page, draft: Experiment, wait_until: Callable[[Callable[[], bool]], None]
):
    """htmx sends a choice as soon as it hears of it: what is noted later would seem to have been typed since."""
    length = Slow(page, "length")
    page.get_by_label("4 weeks").check()
    expect(page.locator("#save-state")).to_have_text("Saving…")
    wait_until(lambda: len(length.waiting) == 1)
    length.let_through()
    expect(page.locator("#save-state")).to_have_text("All changes are saved")
    draft.refresh_from_db()
    assert draft.planned_days == 28


def test_what_is_chosen_while_another_sections_answer_comes_stays_and_is_saved(
    page: Page, draft: Experiment, wait_until: Callable[[Callable[[], bool]], None]
):
    """The answer to the name draws the lengths again, as they were stored before one was chosen."""
    question, length = Slow(page, "question"), Slow(page, "length")
    name = page.get_by_role("textbox", name="Name", exact=True)
    name.fill("Another name")
    name.press("Tab")
    wait_until(lambda: len(question.waiting) == 1)
    page.get_by_label("4 weeks").check()
    wait_until(lambda: len(length.waiting) == 1)
    question.let_through()
    expect(page.get_by_role("heading", name="Another name")).to_be_visible()
    expect(page.get_by_label("4 weeks")).to_be_checked()
    expect(page.locator("#save-state")).to_have_text("Saving…")
    length.let_through()
    expect(page.locator("#save-state")).to_have_text("All changes are saved")
    draft.refresh_from_db()
    assert (draft.name, draft.planned_days) == ("Another name", 28)


def test_late_save_leads_to_the_report_without_a_message_over_that_of_the_launch(
    page: Page, draft: Experiment, live_server: LiveServer, wait_until: Callable[[Callable[[], bool]], None]
):
    """Launched in another tab, typed here: nobody has to be told by the report that its test has started."""
    factories.make_widget(draft.variants.get(key="treatment"))
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Reason to launch anyway").fill("The shop opens today.")
    other.get_by_role("button", name="Launch").click()
    wait_until(lambda: Experiment.objects.get().status == Status.RUNNING)
    expect(other.get_by_role("status").filter(has_text="is running")).to_be_visible()
    page.get_by_role("textbox", name="Name", exact=True).fill("Too late")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("so you can't change it here")
    assert page.url == f"{live_server.url}/tests/tea/draft/"
    assert Experiment.objects.get().name == "A draft"
    other.close()


def test_settings_of_pairs_show_only_where_pairs_are_chosen(
    page: Page, draft: Experiment, wait_until: Callable[[Callable[[], bool]], None]
):
    treatment = page.locator("#treatment-treatment")
    pairs, price = treatment.get_by_label("Pairs from", exact=True), treatment.get_by_label("Price in EUR")
    expect(price).to_be_visible()
    expect(pairs).to_be_hidden()
    treatment.get_by_label("Sells", exact=True).select_option("both")
    expect(pairs).to_be_visible()
    expect(price).to_be_hidden()
    page.locator("#audience summary").click()
    who = page.get_by_label("Who takes part", exact=True)
    expect(page.get_by_label("Priority", exact=True)).to_be_visible()
    expect(who).to_be_hidden()
    treatment.get_by_role("button", name="Create offer").click()
    expect(who).to_be_visible()
    assert not problems_found_by_axe(page)
    who.select_option("any")
    wait_until(lambda: Experiment.objects.get(pk=draft.pk).pair_exposure == "any")


def test_preview_of_a_dialog_leaves_the_focus_to_who_is_typing(page: Page, draft: Experiment):
    """A dialog takes the focus when it opens, out of its frame as well: what was typed after that went nowhere."""
    widget = factories.make_widget(draft.variants.get(key="treatment"))
    type(widget).objects.update(layout="dialog", headline="One")
    page.set_viewport_size({"width": 1280, "height": 900})  # with the preview beside the fields: it opens once in view
    page.reload()
    headline = page.get_by_role("textbox", name="Headline").first
    headline.focus()
    headline.press("End")
    for word in ("Two", "Three"):
        headline.press_sequentially(f" {word}")
        frame = page.frame_locator("[data-live-frame=phone] iframe:last-of-type")
        expect(frame.get_by_text(word)).to_be_visible()
        expect(headline).to_be_focused()
    expect(headline).to_have_value("One Two Three")
