"""Dates in the console, in German. Times in the admin are UTC."""

DATE_FORMAT = "j. F Y"
MONTH_DAY_FORMAT = "j. F"
YEAR_MONTH_FORMAT = "F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = r"j. M Y, H:i \U\T\C"
SHORT_DATE_FORMAT = "j. M Y"
SHORT_DATETIME_FORMAT = "j. M Y, H:i"
# Numbers in templates are coordinates of drawings and values of fields, which take a point in every language; those in
# sentences are written by experiments/formatting.py.
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ""
