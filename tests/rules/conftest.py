"""Rules are tried often: twenty random examples each, and none kept on disk, keep the whole folder a matter of seconds."""

from hypothesis import settings

# No deadline for one example: a busy machine is no fault of a rule.
settings.register_profile("rules", max_examples=20, database=None, deadline=None)
settings.load_profile("rules")
