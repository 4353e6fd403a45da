"""Assemblies: convening, agenda, proxies, attendance, quorum, votes, results."""
