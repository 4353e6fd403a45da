"""Rules are tried often: fifteen random examples each keep the whole folder a matter of seconds."""

from hypothesis import settings

settings.register_profile("rules", max_examples=15)
settings.load_profile("rules")
