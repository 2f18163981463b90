"""The public API: what a page is answered, decided from memory, and what it reports."""
