"""What is done with matches, runs, verdicts, models and plans: one verb, one function, one transaction, one entry."""
