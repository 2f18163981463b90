"""Links to pages of the apps above, which say at the start where their pages are; this app doesn't know their URLs."""

from enum import StrEnum

from django.urls import reverse


class LinkedPage(StrEnum):
    """A page that this app links to, and what its URL takes."""

    REPORT = "report"  # a store's slug, an experiment's key
    LAUNCH = "launch"  # a store's slug, an experiment's key
    PREVIEW = "preview"  # a variant's id
    CONTACT = "contact"  # a store's slug, a contact's id
    DELIVERABILITY = "deliverability"  # a store's slug
    JOURNEY = "journey"  # a store's slug, a journey's key
    OFFER = "offer"  # a store's slug, an offer's key
    ACCOUNT = "account"


url_names: dict[LinkedPage, str] = {}


def register(page: LinkedPage, url_name: str) -> None:
    """Name the URL of a page, such as ``dashboard:report``: for the app's ``ready``."""
    url_names[page] = url_name


def link_to(page: LinkedPage, *arguments: object) -> str:
    """The path of a page; ``KeyError`` in a process that hasn't got the page's app."""
    return reverse(url_names[page], args=arguments)
