"""The public API: answers a page's questions from memory, and stores what the page reports."""
