"""What every room may use; knows no noun."""
