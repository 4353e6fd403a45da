"""Mark sentences for translation without knowing any framework."""


def N_(message: str) -> str:  # noqa: N802 - the gettext world's own name for this marker
    """Mark a message id for extraction and give it back unchanged; it is translated when shown."""
    return message


class Word(str):
    """A message id among the values of a sentence: translated when shown, as a person's own words never are."""

    __slots__ = ()
