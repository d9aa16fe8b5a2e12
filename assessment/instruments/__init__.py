"""Questionnaires, observation, interview and roles: YAML read, checked, and kept as values."""
