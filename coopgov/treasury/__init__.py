"""The capital-money book: what was called, what was paid, what is still to come."""
