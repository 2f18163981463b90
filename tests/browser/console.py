"""What the browser, and axe, find wrong with a page of the console."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def problems_found_by_axe(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def collect_errors(page: Page) -> list[str]:
    """Everything that the browser complains about on the console."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    return errors
