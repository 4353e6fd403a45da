"""Rules are tried often: twenty-five random examples each keep the whole folder a matter of seconds."""

from hypothesis import settings

settings.register_profile("rules", max_examples=25)
settings.load_profile("rules")
