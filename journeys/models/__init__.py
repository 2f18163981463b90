"""Contacts, journeys, runs, messages, senders and what happens to a customer after the order: one file per noun."""

from journeys.models.contact import (
    Address,
    AddressState,
    Channel,
    ConsentBasis,
    ConsentRecord,
    Contact,
    ContactRetention,
    Suppression,
    SuppressionReason,
)
from journeys.models.journey import (
    Journey,
    JourneyExit,
    JourneyStatus,
    JourneyStep,
    JourneyVersion,
    StepKind,
    Trigger,
    WaitFrom,
)
from journeys.models.message import AnsweredAct, CustomerMessage, MessageEvent, MessageEventKind, MessageState
from journeys.models.run import COUNTED_VERDICTS, EXIT_VERDICTS, Run, SendPoint, SendVerdict
from journeys.models.sender import DomainState, Sender, SendingSwitch
from journeys.models.signals import Contract, Friction, FrictionKind, QuestionAnswer, Shipment

__all__ = [
    "COUNTED_VERDICTS",
    "EXIT_VERDICTS",
    "Address",
    "AddressState",
    "AnsweredAct",
    "Channel",
    "ConsentBasis",
    "ConsentRecord",
    "Contact",
    "ContactRetention",
    "Contract",
    "CustomerMessage",
    "DomainState",
    "Friction",
    "FrictionKind",
    "Journey",
    "JourneyExit",
    "JourneyStatus",
    "JourneyStep",
    "JourneyVersion",
    "MessageEvent",
    "MessageEventKind",
    "MessageState",
    "QuestionAnswer",
    "Run",
    "SendPoint",
    "SendVerdict",
    "Sender",
    "SendingSwitch",
    "Shipment",
    "StepKind",
    "Suppression",
    "SuppressionReason",
    "Trigger",
    "WaitFrom",
]
