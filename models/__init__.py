"""Estimators in scikit-learn's manner: answers and ratings in, measures out; no files, no screens."""
from .graded_response import GradedResponse

__all__ = ["GradedResponse"]
