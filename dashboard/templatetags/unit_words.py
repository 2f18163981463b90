"""Parts of pages about a test: in the words of whom it counts."""

from django import template
from django.template import Context, NodeList
from django.template.base import FilterExpression, Parser, Token
from django.utils.safestring import SafeString, mark_safe

from experiments.models import AssignmentUnit
from experiments.unit_words import page_with_word

register = template.Library()


class UnitWords(template.Node):
    """What is within it, about customers where the unit is the customer."""

    def __init__(self, unit: FilterExpression, nodelist: NodeList) -> None:
        self.unit = unit
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        html = self.nodelist.render(context)
        if self.unit.resolve(context) != AssignmentUnit.CUSTOMER:
            return html
        return mark_safe(page_with_word(html))  # noqa: S308 -- rendered and escaped already; a word is changed


@register.tag
def unitwords(parser: Parser, token: Token) -> UnitWords:
    """``{% unitwords report.unit %}...{% endunitwords %}``"""
    _, unit = token.split_contents()
    nodelist = parser.parse(("endunitwords",))
    parser.delete_first_token()
    return UnitWords(parser.compile_filter(unit), nodelist)
