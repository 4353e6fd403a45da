"""Minutes drafted from what happened, completed in prose, approved, numbered, never edited after."""
