"""Files as shop systems and Google Merchant Center write them, as rows with our columns."""

from checkout_widgets.catalogue_files.formats.recognized import Catalogue, open_catalogue

__all__ = ["Catalogue", "open_catalogue"]
