"""Every path of the node, in tables by kind, each row with who may call it."""
