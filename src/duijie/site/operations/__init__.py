"""Running the site: start, look after, back up, restore, and say what is wrong."""
