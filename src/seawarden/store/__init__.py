"""What stays: positions in Parquet, the ledger in SQLite, the canonical digest, and a finished run as a recording."""
