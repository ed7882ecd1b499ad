"""Genetic algorithm."""
