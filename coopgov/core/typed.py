"""Which characters of what people type can be kept."""

# The spaces that French typography wants before ; : ! ? and %, and that spreadsheets and word processors put there.
NO_BREAK_SPACES = frozenset("\u00a0\u202f")


def fits_one_line(text: str) -> bool:
    """True when a text holds nothing that breaks a line or cannot be seen."""
    return all(character.isprintable() or character in NO_BREAK_SPACES for character in text)
