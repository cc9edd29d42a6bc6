"""Sample data of our own: invented organisations, real technology."""
