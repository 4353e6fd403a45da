"""The cooperative itself (*statuts*): its identity, its legal form, its own figures, version by version."""
