"""The share book: who holds how many shares, since when, and as it was known on any day."""
