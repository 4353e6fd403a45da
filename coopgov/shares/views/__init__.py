"""What is done in the share book. The pages that tell shares and money together stand in the treasury."""

from coopgov.shares.views import changing, classes, moving, requesting, subscribing
from coopgov.shares.views.blueprint import bp

__all__ = ["bp", "changing", "classes", "moving", "requesting", "subscribing"]
