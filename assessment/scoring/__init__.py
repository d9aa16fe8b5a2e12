"""From answers, ratings and choices to measures with their errors: the only caller of the models."""
