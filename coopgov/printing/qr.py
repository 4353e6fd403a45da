"""The square that a phone reads, drawn as SVG: on pages and on paper."""

from io import BytesIO

from markupsafe import Markup

# Modules of white around the code, as ISO/IEC 18004 asks.
QUIET_ZONE = 4


def qr_svg(text: str, *, label: str = "", correction: str = "m") -> Markup:
    """The QR code of a text, without colours or sizes of its own; `label` is what a screen reader says."""
    import segno  # noqa: PLC0415 - only what shows a code waits for it

    drawn = BytesIO()
    # `make_qr`: never the small format, which many phones do not read.
    segno.make_qr(text, error=correction).save(
        drawn, kind="svg", border=QUIET_ZONE, xmldecl=False, nl=False, omitsize=True, title=label or None,
        svgclass="qr", lineclass=None, light="#fff",
    )  # fmt: skip
    svg = drawn.getvalue().decode()
    role = 'role="img"' if label else 'aria-hidden="true"'
    return Markup(svg.replace("<svg ", f'<svg {role} focusable="false" ', 1))  # noqa: S704 - drawn here; the text is dots
