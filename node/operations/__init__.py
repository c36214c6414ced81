"""What can be asked of a node from outside its pages: one function each, the same for the JSON API,
the control socket and the command line."""
