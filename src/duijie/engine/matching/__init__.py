"""Matching: which offers answer a demand, why, and how scarce teams are shared out."""
