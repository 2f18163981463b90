"""A stored stage as a part of SQL: the same as ``StageTimes.at``."""

from experiments.sql_files import read_sql

STAGE_OF = read_sql(__file__, "stage_of")


def stage_of(at: str) -> str:
    """Write the expression of a contact's stage, given the SQL of the time; the row ``stage`` is in its reach."""
    return STAGE_OF.format(at=at).strip()
