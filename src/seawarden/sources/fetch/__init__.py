"""Getting public data: polite, resumable downloads with checksums and terms, and a register of what was fetched."""
