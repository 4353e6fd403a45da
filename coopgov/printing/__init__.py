"""From frozen facts to archived PDF."""
