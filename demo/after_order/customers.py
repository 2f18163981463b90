"""Who buys, when, and with whose consent: the same people in every demo, by their numbers."""

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import NamedTuple

CUSTOMERS = 2_000
DAYS = 90  # in which so many come; as many a day come afterwards
OPT_IN_SHARE = 0.78
REORDER_SHARE = 0.22
REORDER_DAYS = (6, 45)


class HomeCountry(NamedTuple):
    """A country with its language, and its share of the customers."""

    code: str
    locale: str
    share: float


HOME_COUNTRIES = (
    HomeCountry("GB", "en-GB", 0.74),
    HomeCountry("IE", "en-IE", 0.08),
    HomeCountry("DE", "de", 0.09),
    HomeCountry("FR", "fr", 0.05),
    HomeCountry("NL", "nl", 0.04),
)
FIRST_NAMES = (
    *("ada", "ben", "chloe", "daniel", "ella", "finn", "grace", "harry", "isla", "jack", "kira", "leo", "mia", "noah"),
    *("olive", "paul", "quinn", "rosa", "sam", "tess", "uma", "victor", "willa", "xavier", "yara", "zoe"),
)
LAST_NAMES = (
    *("archer", "baker", "carter", "dyer", "ellis", "fisher", "glover", "hunter", "ives", "joiner", "knight", "lamb"),
    *("mason", "north", "oakes", "potter", "quill", "reeve", "smith", "tailor", "underwood", "vale", "weaver", "young"),
)
MAIL_HOSTS = ("example.com", "example.org", "example.net")  # reserved for examples: nobody has an address there


@dataclass(frozen=True, slots=True)
class SimulatedCustomer:
    """A customer; ``first_day`` and ``reorder_day`` are days of the simulation, ``luck`` draws the rest."""

    number: int
    address: str
    country: str
    locale: str
    is_opted_in: bool
    first_day: int
    reorder_day: int | None

    @property
    def customer_id(self) -> str:
        """The shop's own ID of the customer."""
        return f"K-{self.number:05d}"

    def order_number(self, day: int) -> str:
        """The number of the order that the customer places on a day: at most one."""
        return f"{self.customer_id}-{day:03d}"


def luck_of(*about: object) -> Random:
    """Return the random numbers of something, which are always the same."""
    return Random("pennyfold:" + ":".join(map(str, about)))  # noqa: S311 -- a simulation, not a secret


def numbers_of(day: int) -> range:
    """Return the numbers of the customers whose first order is on the day."""
    return range(day * CUSTOMERS // DAYS, (day + 1) * CUSTOMERS // DAYS)


def first_day_of(number: int) -> int:
    """Return the day of a customer's first order."""
    day = number * DAYS // CUSTOMERS
    while number not in numbers_of(day):
        day += 1
    return day


@cache
def first_buyers(day: int) -> tuple[SimulatedCustomer, ...]:
    """Return the customers whose first order is on the day."""
    return tuple(customer_of(number, day) for number in numbers_of(day))


def buyers_of(day: int) -> list[SimulatedCustomer]:
    """Return who orders on the day for no message's sake: for the first time, or again."""
    buyers = list(first_buyers(day))
    for earlier in range(max(0, day - REORDER_DAYS[1]), day):
        buyers.extend(customer for customer in first_buyers(earlier) if customer.reorder_day == day)
    return buyers


def customer_of(number: int, first_day: int) -> SimulatedCustomer:
    """Draw a customer."""
    luck = luck_of("customer", number)
    name = f"{luck.choice(FIRST_NAMES)}.{luck.choice(LAST_NAMES)}{number}"
    (home,) = luck.choices(HOME_COUNTRIES, [country.share for country in HOME_COUNTRIES])
    is_opted_in = luck.random() < OPT_IN_SHARE
    reorder_day = None
    if luck.random() < REORDER_SHARE:
        reorder_day = first_day + luck.randint(*REORDER_DAYS)
    return SimulatedCustomer(
        number=number,
        address=f"{name}@{luck.choice(MAIL_HOSTS)}",
        country=home.code,
        locale=home.locale,
        is_opted_in=is_opted_in,
        first_day=first_day,
        reorder_day=reorder_day,
    )
