"""What was issued and how anybody can check that nothing of it changed."""
