"""What-if: other criteria side by side, who moves and why, and every weight at once."""
