"""The digest by e-mail: what stands in it, how it is sent, and when."""
