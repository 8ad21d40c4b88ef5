"""Watch lists: ships that others have named, with each list's date and words; for a person to know, no verdict."""
