"""What customers answered to a journey's questions: how many gave each answer, and the score that scores come to."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count

from journeys.models import Journey, JourneyStep, QuestionAnswer
from journeys.scores import promoter_score, score_of


class AnswerCount(NamedTuple):
    """How many customers gave an answer."""

    text: str
    number: int


@dataclass(frozen=True, slots=True)
class StepAnswers:
    """The answers of a step, by tag: those of all versions of its journey."""

    step_key: str
    texts: dict[str, str]
    numbers: Counter[str]

    @property
    def total(self) -> int:
        """How many customers answered."""
        return self.numbers.total()

    @property
    def promoter_score(self) -> float | None:
        """The Net Promoter Score; None where no scores were asked for."""
        return promoter_score(self.numbers)

    @property
    def rows(self) -> list[AnswerCount]:
        """The answers with their numbers: scores in their order, others the most given first."""
        tags = sorted(self.numbers, key=lambda tag: (score_of(tag) or 0, -self.numbers[tag], self.text_of(tag)))
        counts = []
        for tag in tags:
            counts.append(AnswerCount(self.text_of(tag), self.numbers[tag]))
        return counts

    def text_of(self, tag: str) -> str:
        """Return an answer as its message says it: by its tag where no message has it any more."""
        score = score_of(tag)
        if score is not None:
            return str(score)
        return self.texts.get(tag, tag)


def answers_of(journey: Journey) -> list[StepAnswers]:
    """Return the answers of a journey by step, in the order of the newest version; steps without any are left out."""
    answers = QuestionAnswer.objects.filter(message__send_point__run__journey=journey)
    counted = answers.values_list("message__send_point__step__key", "tag").annotate(Count("pk")).order_by()
    by_step: dict[str, Counter[str]] = defaultdict(Counter)
    for step_key, tag, number in counted:
        by_step[step_key][tag] += number
    if not by_step:
        return []
    texts: dict[str, dict[str, str]] = {}
    # The newest version last: its words are those that the page has.
    for step in JourneyStep.objects.filter(version__journey=journey).order_by("version__number", "position"):
        texts[step.key] = texts.pop(step.key, {}) | texts_of(step)
    found = []
    for step_key, of_step in texts.items():
        if step_key in by_step:
            found.append(StepAnswers(step_key, of_step, by_step[step_key]))
    return found


def texts_of(step: JourneyStep) -> dict[str, str]:
    """Return what the step's messages call their answers, by tag."""
    texts = {}
    for document in (*step.other_documents.values(), step.own_document):
        for block in document.get("blocks", ()):
            for choice in block.get("choices", ()):
                texts[choice["tag"]] = choice["text"]
    return texts
