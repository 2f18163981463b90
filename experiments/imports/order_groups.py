"""The rows of a table sorted by order: which row belongs to which order, and which order a bad row spoils."""

from dataclasses import dataclass, field, replace

from experiments.accounting.order_data import LineData
from experiments.tables import BadRow, Row


@dataclass(slots=True)
class OrderGroup:
    """The rows of one order: the first, what they say of the order, the lines, and what is wrong with which row."""

    first: Row
    fields: dict[str, str] = field(default_factory=dict)
    lines: list[LineData] = field(default_factory=list)
    faults: list[tuple[str, BadRow]] = field(default_factory=list)
    beside: str = ""  # an unreadable row that may belong to the order

    def row(self) -> Row:
        """What is known of the whole order, as a row."""
        return replace(self.first, values=self.fields, nested={})

    @property
    def subtotal_minor(self) -> int:
        """What the lines cost together, before discounts."""
        total = 0
        for line in self.lines:
            total += line.price_minor * line.quantity
        return total

    @property
    def lines_discount_minor(self) -> int:
        """The discounts of the lines together."""
        total = 0
        for line in self.lines:
            total += line.discount_minor
        return total


@dataclass(slots=True)
class OrderGroups:
    """Rows sorted by order. ``current`` is the order that a row without an id goes on with; empty where there is none.

    Half an order must never be stored. So a row that can't be read spoils the order that it names, the one above, and
    where it names none, the one below.
    """

    by_id: dict[str, OrderGroup] = field(default_factory=dict)
    current: str = ""
    unreadable: str = ""  # the row above, where it couldn't be read and names no order
    faults: list[tuple[str, BadRow]] = field(default_factory=list)

    def take(self, row: Row) -> OrderGroup | None:
        """The group that the row belongs to; None for a row that can't be read."""
        if row.fault is not None:
            self.spoil(row)
            self.faults.append((row.where, row.fault))
            return None
        order_id = row["order_id"]
        if not order_id and self.goes_on(row):
            return self.by_id[self.current]
        group = self.by_id.setdefault(order_id, OrderGroup(row))
        self.current = order_id
        if self.unreadable:
            # that row may be the first half of this order
            group.beside = self.unreadable
            self.unreadable = ""
        return group

    def goes_on(self, row: Row) -> bool:
        """Whether the row belongs to the order above: where it names another time, its id is missing."""
        if not self.current:
            return False
        at = row["placed_at"]
        return not at or at == self.by_id[self.current].fields.get("placed_at")

    def spoil(self, row: Row) -> None:
        """Note an unreadable row at the orders that it may belong to."""
        named = row["order_id"]
        # the row may be a line of the order above whose own id is damaged
        for order_id in (self.current, named):
            if order_id:
                self.by_id.setdefault(order_id, OrderGroup(row)).beside = row.where
        self.current = named
        self.unreadable = ""
        if not named:
            # whose it is only the next row can tell
            self.unreadable = row.where
