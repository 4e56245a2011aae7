"""What a party keeps of a case: items sealed at rest, its own register of provisions, and how both end."""
