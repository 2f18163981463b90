"""``import_contacts``: good rows are imported, the others listed without what is in them."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from experiments.models import AuditEntry
from journeys.models import Address, ConsentRecord, Suppression
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    factories.make_store(slug="tea")
    path = tmp_path / "contacts.csv"
    path.write_text("email,consent,at\nada@shop.example,opt_in,2026-01-01\nlovelace,opt_in,2026-01-01\n")
    return path


def test_good_rows_are_imported_and_bad_ones_named(file, capsys):
    call_command("import_contacts", str(file), "--store", "tea")
    output = capsys.readouterr().out
    assert "Imported 1 rows." in output
    assert "row 2: email can't be read: write an address that mail can be sent to" in output
    assert "lovelace" not in output
    assert (Address.objects.count(), ConsentRecord.objects.get().basis) == (1, "opt_in")
    assert AuditEntry.objects.get().detail == {"contacts": 1, "left_out": 1}


def test_check_changes_nothing(file, capsys):
    call_command("import_contacts", str(file), "--store", "tea", "--check")
    assert "opt_in: 1" in capsys.readouterr().out
    assert (Address.objects.count(), AuditEntry.objects.count()) == (0, 0)


def test_opt_outs_are_suppressed(file, capsys):
    file.write_text("email\nada@shop.example\n")
    call_command("import_contacts", str(file), "--store", "tea", "--opt-outs")
    assert Suppression.objects.get().reason == "asked"
    assert "new opt outs: 1" in capsys.readouterr().out


def test_missing_file_or_column_is_an_error(file):
    with pytest.raises(CommandError, match="Can't read"):
        call_command("import_contacts", "nothing.csv", "--store", "tea")
    file.write_text("mail\nada@shop.example\n")
    with pytest.raises(CommandError, match="no column 'email'"):
        call_command("import_contacts", str(file), "--store", "tea")
