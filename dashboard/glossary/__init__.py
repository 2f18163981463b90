"""The words of the field, as the product uses them: their meanings, the page that lists them, and tooltips on pages."""
