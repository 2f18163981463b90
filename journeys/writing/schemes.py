"""A message in a color scheme that somebody chose, whatever their own screen has: for previews."""

DARK = "(prefers-color-scheme: dark)"


def in_scheme(html: str, scheme: str) -> str:
    """Return the message as it is on a dark screen, or on a light one."""
    applies = "not all"
    if scheme == "dark":
        applies = "all"
    return html.replace(DARK, applies)
