"""Rolls, ballot papers, casting, counting and proof: knows nothing of what is decided."""
