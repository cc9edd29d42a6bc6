"""The officer's desk: what waits for whom."""
