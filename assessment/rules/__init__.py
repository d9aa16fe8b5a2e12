"""The rule language: read, checked, counted, told in words, kept in files."""
