"""coopgov: the membership, votes and papers of a cooperative that owns its marketplace."""
