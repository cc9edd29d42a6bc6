"""Reference data with the days from and to which it holds: regions, industries, fields, kinds, chains, working days."""
