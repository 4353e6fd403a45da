"""The demonstration: a living cooperative with constant characters."""
