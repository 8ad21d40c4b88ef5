"""Simulated drags, slow-downs, innocents and traffic. Nothing here is imported by a detector."""
