"""What can be trusted in the data, and what the list hangs on."""
