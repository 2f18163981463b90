"""Products, offers and pinned pairs from and to files, and a feed (CSV or JSON) that updates price and stock."""

from checkout_widgets.catalogue_files.feed import read_feed
from checkout_widgets.catalogue_files.offers import export_offers, import_offers
from checkout_widgets.catalogue_files.options import FileOptions
from checkout_widgets.catalogue_files.pairs import export_pairs, import_pairs
from checkout_widgets.catalogue_files.products import export_products, import_products
from checkout_widgets.catalogue_files.result import FileImport

__all__ = [
    "FileImport",
    "FileOptions",
    "export_offers",
    "export_pairs",
    "export_products",
    "import_offers",
    "import_pairs",
    "import_products",
    "read_feed",
]
