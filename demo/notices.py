"""What every page of the console says while the demo isn't complete."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from demo.after_order import making


def context(request: HttpRequest) -> dict[str, object]:
    """Return the template context of every page: ``notice``, empty where there is nothing to say."""
    return {"notice": notice}


def notice() -> str:
    """Say how far the demo's customers are."""
    progress = making.progress()
    if progress is None:
        return ""
    text = _(
        "The demo's customers are being created: day %(day)d of %(days)d. Journeys, contacts, customers, and their "
        "reports are incomplete until then. Reload in half a minute."
    )
    return text % {"day": progress.days, "days": progress.of}
