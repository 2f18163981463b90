"""A worker's note says what it began and what was taken, to whoever comes after it and to nobody before."""

import os

import pytest

from journeys.sending.in_flight import notes
from journeys.sending.in_flight.notes import ClaimedMessage, HandOverNote, NotedHandOvers, UnreadableNote

FIRST, SECOND, THIRD = ClaimedMessage(7, 1), ClaimedMessage(8, 1), ClaimedMessage(9, 2)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def written() -> HandOverNote:
    note = HandOverNote()
    note.group([FIRST, SECOND, THIRD])
    note.begun(FIRST)
    note.taken(FIRST, "<a@tea.example>", 1_800_000_000.5)
    note.begun(SECOND)
    return note


def test_note_says_what_was_begun_and_taken():
    note = written()
    noted = NotedHandOvers.read(note.path.read_bytes())
    note.close(is_settled=True)
    assert list(noted.claims) == [FIRST, SECOND, THIRD]
    assert list(noted.begun) == [FIRST, SECOND]
    assert (noted.taken[FIRST].provider_id, noted.taken[FIRST].at) == ("<a@tea.example>", 1_800_000_000.5)
    assert noted.last_taken_id == 8
    assert noted.is_of_this_start
    assert not note.path.exists()


def test_refused_message_is_not_what_was_taken_last():
    note = written()
    note.refused(SECOND)
    assert NotedHandOvers.read(note.path.read_bytes()).last_taken_id == 7
    note.close(is_settled=True)


def test_line_that_its_writer_was_killed_in_says_nothing_and_a_damaged_note_is_refused():
    note = written()
    content = note.path.read_bytes()
    note.close(is_settled=True)
    assert list(NotedHandOvers.read(content[:-3]).begun) == [FIRST]
    with pytest.raises(UnreadableNote):
        NotedHandOvers.read(content[:-3] + content)


def test_note_of_another_start_of_the_machine_is_not_of_this_one(monkeypatch, tmp_path):
    note = written()
    noted = NotedHandOvers.read(note.path.read_bytes())
    note.close(is_settled=True)
    for said in ("another\n", None):
        file = tmp_path / f"boot-{said is None}"
        if said is not None:
            file.write_text(said)
        monkeypatch.setattr(notes, "BOOT_ID", file)
        assert not noted.is_of_this_start


def test_note_is_read_by_others_only_once_its_worker_is_gone():
    alive, dead = written(), written()
    dead.close(is_settled=False)
    with notes.notes_of_the_dead() as found:
        assert found == [dead.path]
        with notes.notes_of_the_dead() as found_by_another:
            assert found_by_another == []
    alive.close(is_settled=True)


def test_full_disk_is_an_error_even_where_a_part_was_written(monkeypatch):
    note, write = written(), os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda file, content: write(file, content[:5]))
        with pytest.raises(OSError, match="can't be written"):
            note.begun(THIRD)
    note.close(is_settled=True)
