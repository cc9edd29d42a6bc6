"""What is needed."""
