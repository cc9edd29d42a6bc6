"""The engine: values in, values out. No web, no database, no network, no clock."""
