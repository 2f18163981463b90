"""Messages to Slack."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from experiments import audit
from experiments.models import AuditAction, SlackChannel
from experiments.notifications import slack, tasks
from experiments.notifications.message import message_of
from experiments.notifications.outgoing import NotDelivered
from tests import factories
from tests.experiments.notifications.slack_server import LONGEST_TEXT, slack_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with slack_server() as running:
        settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
        settings.SLACK_WEBHOOKS = [running.url.removesuffix("T000/B000/XXXX")]
        yield running


def entry_for(channel: SlackChannel, reason: str = "Kaputt <!channel> & so") -> Any:
    experiment = factories.make_experiment(channel.store, name="Cup <b>")
    return audit.record(
        store=channel.store, experiment=experiment, action=AuditAction.PAUSED, actor="ada", reason=reason
    )


def make_channel(url: str, **fields: Any) -> SlackChannel:
    return SlackChannel.objects.create(
        store=factories.make_store(), name="#tests", webhook_url=url, **{"topics": ["launch"]} | fields
    )


def test_message_is_one_that_slack_takes_with_all_that_people_wrote_as_text(server):
    channel = make_channel(server.url)
    entry = entry_for(channel)
    tasks.post_to_slack(channel_id=channel.pk, entry_id=entry.pk)
    (message,) = server.taken
    assert message["text"] == "Cup &lt;b&gt;: paused"
    text = message["blocks"][0]["text"]
    assert "Kaputt &lt;!channel&gt; &amp; so" in text["text"]
    assert text["text"].count("<") == 1, "the link to the report is the only one"
    assert text["text"].endswith(f"/tests/{channel.store.slug}/{entry.experiment.key}/|Open report>")
    assert text["verbatim"]
    channel.refresh_from_db()
    assert channel.last_result == "Answered 200"


@pytest.mark.parametrize("written", ["&", "<>", "a&", "é"])
def test_long_text_is_shortened_to_what_a_block_takes_with_its_link(server, written):
    channel = make_channel(server.url)
    experiment = factories.make_experiment(channel.store, name=written * 50)
    entry = audit.record(
        store=channel.store, experiment=experiment, action=AuditAction.PAUSED, actor="ada", reason=written * 4_000
    )
    tasks.post_to_slack(channel_id=channel.pk, entry_id=entry.pk)
    text = server.taken[0]["blocks"][0]["text"]["text"]
    assert LONGEST_TEXT - 5 <= len(text) <= LONGEST_TEXT
    summary, link = text.rsplit("\n", 1)
    assert link.startswith("<http")
    assert link.endswith("|Open report>")
    assert re.fullmatch(r"(?:[^&<>]|&(?:amp|lt|gt);)*…", summary), "an escape is cut"


@pytest.mark.parametrize("answer", [(404, "no_service"), (410, "channel_is_archived"), (403, "action_prohibited")])
def test_answer_that_blames_the_channel_is_final_and_shown(server, answer):
    channel = make_channel(server.url)
    server.answer = answer
    tasks.post_to_slack(channel_id=channel.pk, entry_id=entry_for(channel).pk)
    channel.refresh_from_db()
    assert channel.last_result == f"It answered {answer[0]}"


def test_answer_that_asks_to_wait_is_tried_again_then(server):
    channel = make_channel(server.url)
    server.answer, server.headers = (429, "rate_limited"), {"retry-after": "30"}
    with pytest.raises(NotDelivered) as raised:
        tasks.post_to_slack(channel_id=channel.pk, entry_id=entry_for(channel).pk)
    retry_at = raised.value.retry_at
    assert retry_at is not None
    assert retry_at - timezone.now() > timedelta(seconds=25)


def test_address_is_in_no_log_and_no_job(server, caplog):
    caplog.set_level(logging.DEBUG)
    channel = make_channel("http://127.0.0.1:1/services/T0/B0/geheim")
    message = message_of(entry_for(channel))
    assert message is not None
    with pytest.raises(NotDelivered) as raised:
        slack.send(channel, message)
    channel.refresh_from_db()
    assert "geheim" not in caplog.text + str(raised.value) + channel.last_result


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.com/services/",
        "http://hooks.slack.com/services/T/B/X",
        "https://hooks.slack.com.evil.example/services/T/B/X",
        "https://evil.example/hooks.slack.com/services/T",
        "https://user@hooks.slack.com/services/T/B/X",
        "https://hooks.slack.com:8443/services/T/B/X",
        "https://hooks.slack.com/services/../admin",
        "https://hooks.slack.com/services/T?to=x",
        "https://hooks.slack.com/other/T/B/X",
        "https://[::1/services/T",
        "",
    ],
)
def test_is_allowed_refuses_whatever_is_no_webhook_of_slacks(url):
    assert not slack.is_allowed(url)


def test_is_allowed_takes_slacks_and_what_the_operator_adds(settings):
    assert slack.is_allowed("https://hooks.slack.com/services/T000/B000/XXXX")
    assert not slack.is_allowed("https://chat.example/hooks/abc")
    settings.SLACK_WEBHOOKS = ["https://chat.example/hooks/"]
    assert slack.is_allowed("https://chat.example/hooks/abc")
    assert not slack.is_allowed("https://hooks.slack.com/services/T000/B000/XXXX")


def test_send_to_an_address_that_is_no_longer_allowed_sends_nothing(server, settings):
    settings.SLACK_WEBHOOKS = ["https://hooks.slack.com/services/"]
    channel = make_channel(server.url)
    tasks.post_to_slack(channel_id=channel.pk, entry_id=entry_for(channel).pk)
    assert server.taken == []


def test_channel_gets_its_topics_of_its_own_store_while_it_is_active(server):
    channel = make_channel(server.url)
    make_channel(server.url)
    make_channel(server.url, is_active=False)
    SlackChannel.objects.create(store=channel.store, name="#v", webhook_url=server.url, topics=["verdict"])
    entry = entry_for(channel)
    tasks.tell(entry.pk)
    jobs = ProcrastinateJob.objects.filter(task_name="experiments.notifications.tasks.post_to_slack")
    assert [job.args for job in jobs] == [{"channel_id": channel.pk, "entry_id": entry.pk}]
