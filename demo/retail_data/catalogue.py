"""Invoice lines -> products with readable names, everyday prices and categories."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low

from django.db.models import F, URLField, Value
from django.db.models.functions import Concat
from django.urls import reverse

from checkout_widgets.models import Product
from demo.retail_data.online_retail import RetailLine
from demo.store.categories import category_of
from experiments.models import Store

# An odd number has a price in the middle; more sales would reach back to prices that nobody asks any more.
RECENT_SALES = 9
SMALL_WORDS = {"a", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
# What the file's clerks abbreviated or misspelled. The order counts: "SET/6" becomes "SET OF 6" before "S/6" is tried.
REPAIRS = (
    (re.compile(r"\bSET\s*/\s*(\d+)\b"), r"SET OF \1"),
    (re.compile(r"\b(SET|PACK|BOX)( OF)? ?(\d+)\b(?! PIECE)"), r"\1 OF \3"),
    (re.compile(r"\bS/(\d+)\b"), r"SET OF \1"),
    (re.compile(r"\bW/"), "WITH "),
    (re.compile(r"\bASSTD?\b"), "ASSORTED"),
    (re.compile(r"\bDES\b"), "DESIGN"),
    (re.compile(r"\bVINT\b"), "VINTAGE"),
    (re.compile(r"\bNECKLAC\b"), "NECKLACE"),
    (re.compile(r"\bSTRAWBR?E?R?Y\b"), "STRAWBERRY"),
    (re.compile(r"\bLAQUERED\b"), "LACQUERED"),
    (re.compile(r"\bPANNETONE\b"), "PANETTONE"),
    (re.compile(r"\bBUTTERFILES\b"), "BUTTERFLIES"),
    (re.compile(r"\s*\+\s*"), " & "),
    (re.compile(r"\s*,\s*"), ", "),
)


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A product as it goes on sale: price in pence."""

    sku: str
    title: str
    category: str
    price_minor: int


def build_catalogue(lines: Iterable[RetailLine]) -> list[CatalogueEntry]:
    """One entry per stock code that was ever sold, by stock code.

    The name is the most frequent description; the price the median of the last nine unit prices, the lower of the
    middle two, so that it is one that was really charged.
    """
    sales: defaultdict[str, list[RetailLine]] = defaultdict(list)
    for line in lines:
        if not line.is_cancellation:
            sales[line.sku].append(line)
    entries = []
    for sku in sorted(sales):
        entries.append(_entry(sku, sales[sku]))
    return entries


def _entry(sku: str, sales: list[RetailLine]) -> CatalogueEntry:
    descriptions: Counter[str] = Counter()
    for line in sales:
        descriptions[line.description] += 1
    # by the text as well, so that two equally frequent ones give the same name each time
    title = readable_title(max(descriptions, key=lambda text: (descriptions[text], text)))
    prices = []
    for line in sorted(sales, key=lambda line: line.invoiced_at)[-RECENT_SALES:]:
        prices.append(line.price_minor)
    return CatalogueEntry(sku, title, category_of(title).value, median_low(prices))


def readable_title(description: str) -> str:
    """A till description in capitals as a title: ``SET/6 RED SPOTTY CUPS`` -> ``Set of 6 Red Spotty Cups``."""
    text = description.upper()
    for pattern, replacement in REPAIRS:
        text = pattern.sub(replacement, text)
    words: list[str] = []
    for word in text.strip(" .,").split():
        if words and word.lower() in SMALL_WORDS:
            words.append(word.lower())
        else:
            words.append(_readable_word(word))
    return " ".join(words)


def _readable_word(word: str) -> str:
    if re.fullmatch(r"PC|CM|\d[\dX.]*(CM|G|ML|PC)\W*", word):
        return word.lower()
    return re.sub(r"[A-Z]+('[A-Z]+)?", lambda match: match.group().capitalize(), word)


def picture_url(sku: str, address: str) -> str:
    """Where a product's picture is served; ``address`` is the demo store's, such as ``http://127.0.0.1:8000``."""
    return address.rstrip("/") + reverse("demo_store:picture", args=[sku])


def move_pictures(store: Store, address: str) -> None:
    """Let the pictures come from this address, where they come from another one."""
    first = Product.objects.filter(store=store).order_by("sku").first()
    if first is None or first.image_url == picture_url(first.sku, address):
        return
    # In one statement for thousands of products. An address that ends otherwise is somebody's own picture, and stays.
    start, end = picture_url("SKU", address).split("SKU")
    Product.objects.filter(store=store, image_url__endswith=end).update(
        image_url=Concat(Value(start), F("sku"), Value(end), output_field=URLField())
    )


def save_catalogue(store: Store, entries: Iterable[CatalogueEntry], *, address: str) -> int:
    """Put the entries on sale in the store, by stock code; returns how many products there are."""
    products = [product_of(entry, store, address) for entry in entries]
    fields = ["title", "category", "price_minor", "currency", "image_url"]
    Product.objects.bulk_create(
        products, update_conflicts=True, unique_fields=["store", "sku"], update_fields=fields, batch_size=1000
    )
    return len(products)


def product_of(entry: CatalogueEntry, store: Store, address: str) -> Product:
    """The entry as the store's product; its picture is the one that the shop draws."""
    return Product(
        store=store,
        sku=entry.sku,
        title=entry.title,
        category=entry.category,
        price_minor=entry.price_minor,
        currency=store.currency,
        image_url=picture_url(entry.sku, address),
    )
