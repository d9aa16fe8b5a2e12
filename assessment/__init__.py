"""Choosing the team that carries change in a municipality: intake, measures, standing, lists, reasons."""

__version__ = "0.1.0"
