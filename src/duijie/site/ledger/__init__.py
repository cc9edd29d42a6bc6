"""What happened, by whom, when; only ever added to."""
