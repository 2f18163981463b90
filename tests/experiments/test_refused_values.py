"""What is told of a value that the database refuses: why, and nothing of the row."""

from django.db import IntegrityError

from experiments.refused_values import reason


def test_reason_of_a_refused_row_leaves_out_the_row():
    refused = IntegrityError(
        'new row for relation "experiments_order" violates check constraint "order_amounts"\n'
        "DETAIL:  Failing row contains (7, v_41a2c9, 1990)."
    )
    assert reason(refused) == 'new row for relation "experiments_order" violates check constraint "order_amounts"'
