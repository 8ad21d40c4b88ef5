"""To people who do not sit at the page: who is told of what, by which way, and that nothing is lost or told twice."""
