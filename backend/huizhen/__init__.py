"""Huizhen: cross-city specialist consultations, settled on a chain and reconciled with the bank."""
