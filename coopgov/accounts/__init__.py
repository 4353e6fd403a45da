"""Signing in, sessions, and the offices held by dated mandate."""
