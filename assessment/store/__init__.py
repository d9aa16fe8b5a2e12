"""Data at rest: the only SQL and the only joblib files."""
