"""What ships can be seen to do, one file a behaviour; each obeys the contract in `seawarden.ports`."""
