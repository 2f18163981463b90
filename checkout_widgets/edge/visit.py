"""What a visit is like, by dimensions that reports can be cut by: each has a fixed, short list of values.

Worked out only for pages that send ``visit``, and signed into the exposure token. Nothing that a page or an address
says is kept as it is: a text that isn't on the list becomes ``other``, so that no dimension can hold a name or an id,
and none has more than twelve values.
"""

from collections.abc import Mapping

from checkout_widgets.edge.payloads import DecideBody
from checkout_widgets.edge.targeting_context import campaign

OTHER = "other"
UNKNOWN = "unknown"
NO_CAMPAIGN = "none"
PAGE_TYPES = frozenset(
    (
        *("home", "category", "product", "search", "cart", "checkout"),
        *("confirmation", "account", "content", "landing", OTHER),
    )
)
# By the words of a campaign's medium, as Google Analytics groups them by default.
MEDIUMS: Mapping[str, str] = {
    **dict.fromkeys(("email", "e-mail", "e_mail", "e mail", "newsletter"), "email"),
    **dict.fromkeys(("sms", "mms", "whatsapp"), "sms"),
    **dict.fromkeys(("cpc", "ppc", "paidsearch", "paid_search", "paid-search", "sem"), "paid_search"),
    **dict.fromkeys(("paid_social", "paid-social", "paidsocial", "cpm-social", "retargeting"), "paid_social"),
    **dict.fromkeys(("display", "banner", "cpm", "expandable", "interstitial"), "display"),
    **dict.fromkeys(("social", "social-network", "social-media", "sm", "social network", "social media"), "social"),
    **dict.fromkeys(("affiliate", "affiliates", "partner"), "affiliate"),
    **dict.fromkeys(("referral", "app", "link"), "referral"),
    **dict.fromkeys(("push", "mobile", "notification"), "push"),
    **dict.fromkeys(("organic",), "organic"),
}
# A search engine or a network that is paid by the click is told apart by who it is.
SOCIAL = (
    "facebook",
    "instagram",
    "tiktok",
    "pinterest",
    "linkedin",
    "twitter",
    "snapchat",
    "reddit",
    "youtube",
    "meta",
)
CHANNELS = frozenset(MEDIUMS.values()) | {NO_CAMPAIGN, OTHER}
# Versions of the snippet that this release knows, by what it sends.
SNIPPET_VERSIONS = frozenset((3,))
LAST_POSITION = 3  # of the visit's offers: from the third on, they are few


def about(body: DecideBody, stage: str = "") -> dict[str, str]:
    """Return what a page that sends ``visit`` says of it, by dimension; nothing of a page that doesn't.

    ``stage`` is the visitor's, of a store that has stages.
    """
    visit = body.visit
    if visit is None:
        return {}
    found = {
        "channel": channel_of(body),
        "snippet": version_of(visit.snippet),
        "position": position_of(body),
    }
    if stage:
        found["stage"] = stage
    if visit.page_type:
        found["page_type"] = listed(visit.page_type.lower(), PAGE_TYPES)
    if visit.logged_in is not None:
        found["logged_in"] = "yes" if visit.logged_in else "no"
    return found


def channel_of(body: DecideBody) -> str:
    """Return the channel that the visit's campaign came by."""
    query = ""
    if body.page is not None:
        query = body.page.query
    fields = campaign(query)
    medium, source = fields.get("utm_medium", ""), fields.get("utm_source", "")
    if not medium and not source:
        return NO_CAMPAIGN
    channel = MEDIUMS.get(medium) or MEDIUMS.get(source) or OTHER
    if channel in {"paid_search", OTHER} and source.startswith(SOCIAL):
        return {"paid_search": "paid_social", OTHER: "social"}[channel]
    return channel


def version_of(version: int | None) -> str:
    """Return a version of the snippet."""
    if version in SNIPPET_VERSIONS:
        return str(version)
    return OTHER


def position_of(body: DecideBody) -> str:
    """Return which of the visit's offers it would be: ``1``, ``2`` or ``3`` for the third and all after it."""
    shown = 0
    if body.history is not None:
        shown = body.history.shown_session
    return str(min(shown + 1, LAST_POSITION))


def listed(text: str, known: frozenset[str]) -> str:
    """Return the text if it is one of the known ones."""
    if text in known:
        return text
    return OTHER
