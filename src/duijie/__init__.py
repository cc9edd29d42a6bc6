"""对接: from a company's technology demand to the team that answers it."""

__version__ = "0.1.0"
