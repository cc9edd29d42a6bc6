"""What the browser meets, one file a kind of page."""
