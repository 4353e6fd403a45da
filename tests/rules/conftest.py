"""Rules are tried often: ten random examples each, and none kept on disk, keep the whole folder a matter of seconds."""

from hypothesis import settings

settings.register_profile("rules", max_examples=10, database=None)
settings.load_profile("rules")
