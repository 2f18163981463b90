"""Record the answers anew: ``python -m tests.checkout_widgets.edge.recorded``, from the root of the repository.

Only where an answer is meant to change. The lines of ``tests/data/decisions/answers.txt`` that differ are the questions
whose answers did: a change that was meant for a few of them has no others.
"""

from bench.database import scratch


def main() -> None:
    with scratch("config.settings_test"):
        from django.db import transaction

        from tests.checkout_widgets.edge.recorded import answers, stores

        with transaction.atomic():  # in one, previews are read by the connection that made the stores
            stores.make_stores()
            lines = [answers.digest(each) for each in answers.answers_to()]
            lines += [answers.digest(each) for each in answers.counted()]
    answers.FILE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
