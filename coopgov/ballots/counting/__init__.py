"""Ballot papers, what may be written on them, and how they are counted: pure, exact, redone by anybody."""
