"""Redirects stay inside."""

import re

# A path, then anything printable without a backslash; "//" would name another host.
_LOCAL = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f]*")


def inside(target: str, otherwise: str) -> str:
    """The target when it is a path of this site, else the other address."""
    return target if _LOCAL.fullmatch(target) else otherwise
