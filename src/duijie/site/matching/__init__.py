"""Matching (对接): who may answer whom and why, what people did with it, and what was learned from them."""
