"""What reading a body needs beside it: an order that accepted nothing, and what it came to."""

from typing import Any

from checkout_widgets.edge.accepted_lines import NO_TOKEN, Accepted
from experiments.accounting.refunded_goods import Basis

BASIS = Basis(goods_minor=5_000, tax_minor=950, shipping_minor=490, total_minor=6_440)


def nothing_accepted(*_: Any) -> Accepted:
    return NO_TOKEN
