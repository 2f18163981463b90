"""Messages to Slack by an incoming webhook (api.slack.com/messaging/webhooks), or to a chat that takes the same.

The address is a secret: whoever has it can write to the channel. It stands in no log, no job, and no page.
"""

import json
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from experiments.models import SlackChannel
from experiments.notifications.message import Message
from experiments.notifications.outgoing import NotDelivered, send_json

LONGEST_TEXT = 3000  # of a block's text, by Slack's reference; more is refused
LONGEST_RESULT = 200
CUT_ESCAPE = re.compile("&[a-z]*$")


def is_allowed(url: str) -> bool:
    """Whether messages may go to an address: one that begins as ``SLACK_WEBHOOKS`` says.

    Compared by scheme, host, and path, so that no user name or port makes another host of it.
    """
    try:
        address = urlsplit(url)
        is_plain = address.username is None and not address.query and not address.fragment
    except ValueError:
        return False
    if not is_plain or ".." in address.path:
        return False
    for prefix in settings.SLACK_WEBHOOKS:
        allowed = urlsplit(prefix)
        is_host = (address.scheme, address.netloc.lower()) == (allowed.scheme, allowed.netloc.lower())
        if is_host and address.path.startswith(allowed.path) and address.path != allowed.path:
            return True
    return False


def masked(url: str) -> str:
    """Return enough of an address to recognize it."""
    return f"{urlsplit(url).hostname}/…{url[-4:]}"


def escaped(text: str) -> str:
    """Return text that Slack shows as it is: without these three, it has no links, mentions, or commands."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def body_of(message: Message) -> bytes:
    """Write a message: the plain text is for notifications, the block is what the channel shows."""
    email, url = message.email, message.data["report_url"]
    paragraphs = [email.subject]
    for section in email.sections:
        paragraphs += section.paragraphs
        paragraphs += [f"{name}: {value}" for name, value in section.facts]
    # A link in the text, not a button: a webhook alone has nobody to answer a click.
    link = f"<{escaped(url)}|{escaped(email.sections[-1].link_label)}>"
    summary = shortened(escaped("\n".join(paragraphs)), LONGEST_TEXT - len(f"\n{link}"))
    # verbatim: an address or a name that somebody wrote stays text
    text = {"type": "mrkdwn", "text": f"{summary}\n{link}", "verbatim": True}
    body = {
        "text": escaped(email.subject),
        "blocks": [{"type": "section", "text": text}],
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return json.dumps(body).encode()


def shortened(text: str, most: int) -> str:
    """Return escaped text in at most so many characters, whose last escape is whole."""
    if len(text) <= most:
        return text
    return f"{CUT_ESCAPE.sub('', text[: most - 1])}…"


def send(channel: SlackChannel, message: Message) -> None:
    """Send the message once, and keep what came of it beside the channel. Raises ``NotDelivered``."""
    result = ""
    try:
        if not is_allowed(channel.webhook_url):  # the operator's setting may have changed since
            raise NotDelivered("Addresses like this one aren't allowed anymore", is_final=True)
        result = f"Answered {send_json(channel.webhook_url, body_of(message), {})}"
    except NotDelivered as error:
        result = str(error)
        raise
    finally:
        known = SlackChannel.objects.filter(pk=channel.pk)
        known.update(last_attempt_at=timezone.now(), last_result=result[:LONGEST_RESULT])
