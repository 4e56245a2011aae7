"""The one door: intake, committer, delivery."""
