"""What providers send, with the fields that their documentation names; ``message`` and ``recipient`` are filled in.

Postmark: https://postmarkapp.com/developer/webhooks/webhooks-overview
Mailgun: https://documentation.mailgun.com/docs/mailgun/user-manual/events/webhooks
Mailjet: https://dev.mailjet.com/email/guides/webhooks
SparkPost: https://developers.sparkpost.com/api/webhooks
SendGrid: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
Brevo: https://developers.brevo.com/docs/transactional-webhooks

What their pages leave out is as django-anymail's tests show it, some of which were seen live, such as a complaint of
Brevo's without the one field that has a known time zone: https://github.com/anymail/django-anymail/tree/main/tests
"""

import hashlib
import hmac
import json
from base64 import b64encode
from typing import Any

AT = "2026-11-28T14:00:00Z"
AT_OFFSET = "2026-11-28T09:00:00.1234567-05:00"  # the same: hundreds of nanoseconds, and not UTC
EPOCH = 1795874400  # the same
PASSWORD = "offerlift:as long as it takes"
MAILGUN_KEY = "key-of-the-tests"


def postmark(kind: str, mark: str, recipient: str, **changes: Any) -> dict[str, Any]:
    common = {
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "ServerID": 23,
        "MessageStream": "outbound",
        "Metadata": {"message": mark},
        "Tag": "",
    }
    bounce = {
        "RecordType": "Bounce",
        "ID": 4323372036854775807,
        "Type": kind,
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Details": "smtp;550 5.1.1 no such user",
        "Email": recipient,
        "From": "hello@tea.example",
        "BouncedAt": AT,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "How is the mug?",
    }
    shapes: dict[str, dict[str, Any]] = {
        "Delivery": {"RecordType": "Delivery", "Recipient": recipient, "DeliveredAt": AT, "Details": "250 OK"},
        "SpamComplaint": bounce | {"RecordType": "SpamComplaint", "TypeCode": 100001},
        "SubscriptionChange": {
            **{"RecordType": "SubscriptionChange", "Recipient": recipient, "ChangedAt": AT, "Origin": "Recipient"},
            **{"SuppressSending": True, "SuppressionReason": "ManualSuppression"},
        },
        # after a bounce or a complaint, too, which comes by itself beside it
        "HardBounce of a suppression": {
            **{
                "RecordType": "SubscriptionChange",
                "Recipient": recipient,
                "ChangedAt": AT_OFFSET,
                "Origin": "Recipient",
            },
            **{"SuppressSending": True, "SuppressionReason": "HardBounce"},
        },
        "Open": {"RecordType": "Open", "Recipient": recipient, "ReceivedAt": AT, "FirstOpen": True},
    }
    return common | shapes.get(kind, bounce) | changes


def mailgun(event: str, mark: str, recipient: str, **changes: Any) -> dict[str, Any]:
    token, timestamp = "a token of fifty characters, which is new each time", str(EPOCH)
    signature = hmac.new(MAILGUN_KEY.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": timestamp, "token": token, "signature": signature},
        "event-data": {
            "event": event,
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "timestamp": EPOCH + 0.5,
            "log-level": "info",
            "recipient": recipient,
            "recipient-domain": recipient.partition("@")[2],
            "message": {"headers": {"message-id": "20261128.1@mail.tea.example", "to": recipient}, "size": 512},
            "user-variables": {"message": mark},
            "tags": [],
            **changes,
        },
    }


def mailjet(event: str, mark: str, recipient: str, **changes: Any) -> dict[str, Any]:
    return {
        "event": event,
        "time": EPOCH,
        "MessageID": 19421777835146490,
        "Message_GUID": "1ab23cd4-e567-8901-2345-6789f0gh1i2j",
        "email": recipient,
        "mj_campaign_id": 7257,
        "mj_contact_id": 4,
        "customcampaign": "",
        "CustomID": "",
        "Payload": json.dumps({"message": mark}),
        **changes,
    }


def sparkpost(kind: str, mark: str, recipient: str, **changes: Any) -> dict[str, Any]:
    event = {
        "type": kind,
        "event_id": "92356927693813856",
        "message_id": "000443ee14578172be22",
        "transmission_id": "65832150921904138",
        "raw_rcpt_to": recipient,
        "rcpt_to": recipient,
        "rcpt_meta": {"message": mark},
        "rcpt_tags": [],
        "timestamp": str(EPOCH),
        **changes,
    }
    return {"msys": {"message_event": event}}


def sendgrid(event: str, mark: str, recipient: str, **changes: Any) -> list[dict[str, Any]]:
    """Metadata has no field of its own: it is among the event's."""
    return [
        {
            "event": event,
            "email": recipient,
            "timestamp": EPOCH,
            "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>",
            "sg_event_id": "b3V0LWRlbGl2ZXJlZC0w",
            "sg_message_id": "14c5d75ce93.dfd.64b469.recvd-0.16648.5515E0B88.0",
            "anymail_id": "3c2f4df8-c6dd-4cd2-9b91-6582b81a0349",
            "message": mark,
            **changes,
        }
    ]


def brevo(event: str, mark: str, recipient: str, **changes: Any) -> dict[str, Any]:
    """``date``, ``ts``, and ``ts_event`` are of the account's time zone, which isn't said."""
    return {
        "event": event,
        "email": recipient,
        "id": 9999999,
        "message-id": "<202611281400.27287306012@smtp-relay.mailin.fr>",
        "date": "2026-11-28 06:00:00",
        "ts": EPOCH - 8 * 3600,
        "ts_event": EPOCH - 8 * 3600,
        "ts_epoch": EPOCH * 1000,
        "X-Mailin-custom": json.dumps({"message": mark}),
        "tags": [],
        **changes,
    }


def basic_auth(password: str) -> dict[str, str]:
    """What a provider sends along whose address has name and password in it."""
    return {"Authorization": f"Basic {b64encode(password.encode()).decode()}"}
