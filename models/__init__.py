"""Estimators in scikit-learn's manner: answers and ratings in, measures out; no files, no screens."""
from .graded_response import GradedResponse
from .many_facet import ManyFacetRating

__all__ = ["GradedResponse", "ManyFacetRating"]
