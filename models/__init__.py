"""Estimators in scikit-learn's manner that turn answers and ratings into measures; they know nothing of files or screens."""
