"""One search over everything a reader may see."""
