"""Figures of law with their days and articles, and what the statutes may say of them."""
