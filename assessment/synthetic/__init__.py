"""An invented municipality with known truth."""
