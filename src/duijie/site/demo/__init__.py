"""The story of a region, told through the real actions."""
