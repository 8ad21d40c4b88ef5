"""Watch lists: ships that others have named, with each list's date and words; a prior among others, no verdict."""
