"""What can be had."""
