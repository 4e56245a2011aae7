"""What a party can prove by itself about the log, without trusting the broker: here the audit; later the witness.

Takes bytes and fetch functions and speaks no HTTP (architecture.md, the walls); whoever calls it brings the link.
"""
