"""Products and offers from and to files: CSV for both, and a feed (CSV or JSON) that updates price and stock."""

from checkout_widgets.catalogue_files.feed import read_feed
from checkout_widgets.catalogue_files.offers import export_offers, import_offers
from checkout_widgets.catalogue_files.options import FileOptions
from checkout_widgets.catalogue_files.products import export_products, import_products
from checkout_widgets.catalogue_files.result import FileImport

__all__ = [
    "FileImport",
    "FileOptions",
    "export_offers",
    "export_products",
    "import_offers",
    "import_products",
    "read_feed",
]
