"""The desk: what the command `duijie` does, one module a command, and how it says what it found."""
