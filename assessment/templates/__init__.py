"""Empty workbooks and forms to be filled in."""
