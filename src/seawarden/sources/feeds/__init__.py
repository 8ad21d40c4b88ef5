"""Live feeds: a link that brings bytes, a reader that makes batches of them, and the health of both.

Feeds stand at the edge: the machine's clock enters here, as the time of reception.
"""
