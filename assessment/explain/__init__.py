"""Why a person stands where they stand, and what would change it."""
