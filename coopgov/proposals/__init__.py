"""What members propose: drafting, backing, debate, and the text frozen for the vote."""
