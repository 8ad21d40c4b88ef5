"""What lies around the ships: where we hear, whether our feeds live, what is normal."""
