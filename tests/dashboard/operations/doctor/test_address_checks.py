"""What the doctor says of the keys of customers' addresses."""

import pytest

from dashboard.operations.doctor.address_checks import check_addresses
from dashboard.operations.doctor.diagnosis import Severity
from journeys.models import Sender
from tests import factories

NEW = "a-newer-key-of-at-least-32-characters"
pytestmark = pytest.mark.django_db


def severities() -> list[str]:
    return [diagnosis.severity for diagnosis in check_addresses()]


def test_keys_that_are_missing_are_a_problem_once_a_store_sends(settings):
    settings.ADDRESS_KEYS, settings.ADDRESS_DIGEST_KEY = [], ""
    assert severities() == [Severity.WARNING, Severity.WARNING]
    Sender.objects.create(store=factories.make_store(), is_on=True)
    assert severities() == [Severity.PROBLEM, Severity.PROBLEM]


def test_keys_other_than_stored_addresses_need_are_a_problem_and_an_older_one_a_warning(settings):
    factories.make_address(factories.make_contact(factories.make_store()))
    assert severities() == [Severity.OK]
    before = settings.ADDRESS_KEYS
    settings.ADDRESS_KEYS = [NEW]
    [lost] = check_addresses()
    assert lost.severity == Severity.PROBLEM
    assert "backup" in lost.fix
    settings.ADDRESS_KEYS = [NEW, *before]
    [older] = check_addresses()
    assert older.severity == Severity.WARNING
    assert "reencrypt_addresses" in older.fix
