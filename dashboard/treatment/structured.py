"""The editors of comparison, languages and look, as the console draws fields."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from checkout_widgets.admin.structured import ComparisonWidget, ThemeWidget
from checkout_widgets.admin.translated_copy import PhoneCopyWidget, TranslationsWidget

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class ConsoleComparison(ComparisonWidget):
    """A table of three columns."""

    template_name = "dashboard/treatment/comparison.html"


class ConsoleTranslations(TranslationsWidget):
    """The texts in each language."""

    template_name = "dashboard/treatment/translations.html"

    def __init__(self, texts: Mapping[str, "tuple[StrOrPromise, int]"]) -> None:
        super().__init__(texts)
        self.comparison = ConsoleComparison()


class ConsolePhoneCopy(PhoneCopyWidget):
    """The texts on phones."""

    template_name = "dashboard/treatment/phone_copy.html"

    def __init__(self, texts: Mapping[str, "tuple[StrOrPromise, int]"]) -> None:
        super().__init__(texts)
        self.comparison = ConsoleComparison()


class ConsoleTheme(ThemeWidget):
    """The settings of a widget's look."""

    template_name = "dashboard/treatment/theme.html"
