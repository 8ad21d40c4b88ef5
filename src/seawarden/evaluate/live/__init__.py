"""A live run under load and under the knife: what it takes, what it keeps, what it says twice (nothing)."""
